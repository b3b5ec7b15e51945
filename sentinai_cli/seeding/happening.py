"""Events to be: what is said, by whom, how long after the one before, and what it changes about the record.

All but the first two of a story come from a few hundred that are the same again and again. Each is written out once,
in the pieces between which a record's own id and times stand when its leaf is hashed.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.prepared_exception import PreparedException
from sentinai_cli.seeding.log import quoted
from sentinai_cli.seeding.scenario import Delay

Actor: TypeAlias = tuple[ActorType, str]
Effect: TypeAlias = Callable[[PreparedException, str], None]
"""What an event changes; called with the record and the event's time as text."""


class Happening(NamedTuple):
    """One event to be. `by_machine` says of its delay that it is that of a machine.

    The text of its leaf is `head`, time, `","event_id":"`, id, `middle`, exception id, `tail`; with another payload
    `","payload":`, that and `end` come instead of `tail`.
    """

    event_type: str
    actor_type: str
    actor_id: str
    payload: str
    delay: Delay
    by_machine: bool
    by_user: bool
    effect: Effect | None
    head: str
    middle: str
    tail: str
    end: str


class Script:
    """Writes happenings for one tenant."""

    def __init__(self, tenant_id: str) -> None:
        self._end = f',"tenant_id":{quoted(tenant_id)}}}'

    def happening(
        self,
        event_type: EventType,
        actor: Actor,
        payload: Mapping[str, object],
        delay: Delay,
        effect: Effect | None = None,
    ) -> Happening:
        """With a payload as its document."""
        return self.written(event_type, actor, canonical_bytes(dict(payload)).decode(), delay, effect)

    def written(
        self, event_type: EventType, actor: Actor, payload: str, delay: Delay, effect: Effect | None = None
    ) -> Happening:
        """With a payload as canonical JSON."""
        kind, actor_type = event_type.value, actor[0].value
        return Happening(
            kind,
            actor_type,
            actor[1],
            payload,
            delay,
            delay == "machine",
            actor[0] is ActorType.USER,
            effect,
            head=f'{{"actor_id":{quoted(actor[1])},"actor_type":"{actor_type}","created_at":"',
            middle=f'","event_type":"{kind}","exception_id":"',
            tail=f'","payload":{payload}{self._end}',
            end=self._end,
        )


def into_status(after: str) -> Effect:
    """The status changes."""

    def effect(record: PreparedException, moment: str) -> None:
        record.status = after
        record.resolved_at = moment if after == "resolved" else None

    return effect


def to_owner(after: str) -> Effect:
    """The owner changes."""

    def effect(record: PreparedException, _: str) -> None:
        record.owner = after

    return effect


def in_playbook(playbook_id: str, step: int | None) -> Effect:
    """A playbook runs, and this step of it is next."""

    def effect(record: PreparedException, _: str) -> None:
        record.current_playbook_id, record.current_step = playbook_id, step

    return effect
