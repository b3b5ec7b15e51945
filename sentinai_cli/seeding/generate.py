"""From a plan to records: exceptions with their events, hashed and linked, ready to be stored.

Record n is decided by the run's identity, as-of and n alone. Its randomness is one block of bytes: words of 32 bits for
the record, its payload and its story, and hexadecimal digits for the ids of its events.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from struct import Struct
from typing import NamedTuple

import orjson

from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event import EventType
from sentinai_cli.models.exception import NewException, Severity
from sentinai_cli.models.prepared_exception import PreparedException, restored
from sentinai_cli.seeding.arrival import Arrivals
from sentinai_cli.seeding.clock import Clock, sooner
from sentinai_cli.seeding.decision import Decisions, PlaybookRef
from sentinai_cli.seeding.distribution import Weighted
from sentinai_cli.seeding.happening import Script
from sentinai_cli.seeding.history import ID_DIGITS, History
from sentinai_cli.seeding.log import quoted, record_digest
from sentinai_cli.seeding.moment import HOUR, SECOND, canonical, microseconds
from sentinai_cli.seeding.payload import Drawn, Payload, Words, compiled
from sentinai_cli.seeding.plan import SeedPlan
from sentinai_cli.seeding.pools import Pools
from sentinai_cli.seeding.randomness import Randomness
from sentinai_cli.seeding.story import INTAKE, Setting, Teller

FOREVER = 1 << 62
"""After every event, in microseconds."""
REMEMBERED = 1 << 13
"""How many decisions are remembered; beyond that each is made anew, so that memory does not grow with the count."""
_OWN_WORDS = 10
"""So many words are the record's own; those of its payload follow, then those of its story."""


def generate(plan: SeedPlan, decisions: Decisions, start: int = 1, stop: int | None = None) -> Iterator[NewException]:
    """Records `start` to `stop` - 1, in order; numbers count from 1, the default is all of the plan.

    Any partition of a range gives the same records. `decisions` must come from the packs that the plan names.
    """
    return map(restored, prepare(plan, decisions, start, stop))


def prepare(
    plan: SeedPlan, decisions: Decisions, start: int = 1, stop: int | None = None
) -> Iterator[PreparedException]:
    """The same records as `generate` gives, as they are loaded; much sooner."""
    return map(Run(plan, decisions).record, range(start, plan.count + 1 if stop is None else stop))


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the records of one type share."""

    name: str
    payload: Payload
    sources: Weighted[str]
    playbook: PlaybookRef | None
    fields: str


class _Verdict(NamedTuple):
    """A severity and what follows from it."""

    severity: str
    layer: str
    rule: str | None
    hurries: bool
    needs_approval: bool
    sla: int


class Run:
    """What the records of one plan share. Making one takes some milliseconds, a record some microseconds."""

    def __init__(self, plan: SeedPlan, decisions: Decisions) -> None:
        self._plan = plan
        self._decisions = decisions
        self._randomness = Randomness(plan.key)
        self._pools = Pools(self._randomness, plan.vocabulary)
        recipe, timeline = plan.recipe, plan.timeline
        self._kinds = {name: self._kind(name) for name in recipe.types}
        self._types = Weighted({name: kind.weight for name, kind in recipe.types.items()})
        self._first_round = list(recipe.types)
        self._randomness.stream("first-round", 0).shuffle(self._first_round)
        self._analysts = [str(name) for name in self._pools.ranked("analysts")]
        self._ranks = self._pools.ranks(len(self._analysts))
        self._outcomes, self._turnarounds = Weighted(timeline.outcomes), timeline.turnarounds
        self._as_of, self._arrivals = microseconds(plan.as_of), Arrivals(timeline, plan.as_of)
        self._teller, self._clock = Teller(timeline, plan.tenant_id, plan.domain), Clock(timeline)
        self._created = Script(plan.tenant_id).written(EventType.EXCEPTION_CREATED, INTAKE, "", "machine")
        self._known: dict[tuple[str, str, str], _Verdict] = {}
        steps = max((len(kind.playbook.steps) for kind in self._kinds.values() if kind.playbook), default=0)
        events = self._teller.longest(steps)
        self._story = max(kind.payload.words for kind in self._kinds.values())
        self._words = Struct(f">{self._story + 3 * events + 8}I")
        self._block = self._randomness.blocks("record", self._words.size + (events * ID_DIGITS + 1) // 2)

    def arrival(self, number: int) -> int:
        """When record `number` arrives, in microseconds."""
        return self._arrival(number, self._words.unpack_from(self._block(number)))

    def record(self, number: int, until: int | None = None) -> PreparedException:
        """Record `number`, up to as-of, or of a drip up to its arrival; told further until a moment in microseconds."""
        plan, block = self._plan, self._block(number)
        words = self._words.unpack_from(block)
        first = self._first_round
        kind = self._kinds[first[number - 1] if number <= len(first) else self._types.at(words[0])]
        arrived = self._arrival(number, words)
        source_system = kind.sources.at(words[4])
        drawn = kind.payload.draw(words, arrived // SECOND, number)
        raw_payload, context, entity, amount, currency, _ = drawn
        verdict = self._verdict(kind.name, source_system, drawn)
        created_at, deadline = canonical(arrived), canonical(arrived + verdict.sla)
        exception_id = plan.exception_id(number)
        history = History(exception_id, block[self._words.size :].hex())
        record = PreparedException(
            plan.tenant_id,
            exception_id,
            plan.domain,
            kind.name,
            verdict.severity,
            "open",
            source_system,
            entity,
            amount,
            currency,
            deadline,
            None,
            None,
            None,
            raw_payload,
            context,
            b"",
            created_at,
            created_at,
            None,
            history.events,
        )
        record.source_digest = digest = record_digest(record)
        created = (
            f'{{"record_digest":"{digest.hex()}","severity":"{record.severity}","sla_deadline":"{deadline}"'
            f',"source_system":{quoted(source_system)},"status":"open"}}'
        )
        history.write(self._created, arrived, created)
        self._live(history, record, self._setting(kind, drawn, verdict, arrived, words), words, until)
        return record

    def _arrival(self, number: int, words: Words) -> int:
        within, drip = words[2] << 32 | words[3], self._plan.drip
        if drip is None:
            return self._arrivals.at(words[1], within)
        return self._as_of + (number - 1) * drip.every + (within * drip.every >> 64)

    def _live(
        self, history: History, record: PreparedException, setting: Setting, words: Words, until: int | None
    ) -> None:
        """Let happen what happens until then."""
        word = iter(words[self._story :]).__next__
        story = self._teller.tell(setting, word)
        turnaround = setting.sla * self._turnarounds.at(words[9]) // 1_000_000
        moments = self._clock.date(story, setting, turnaround, word)
        drip = self._plan.drip
        if drip is not None:
            moments = sooner(moments, setting.arrived, drip.speed)
        if until is None:
            until = self._as_of if drip is None else setting.arrived
        for happening, at in zip(story.happenings, moments, strict=True):
            if at > until:
                return
            record.updated_at = moment = history.write(happening, at)
            if happening.effect is not None:
                happening.effect(record, moment)

    def _setting(self, kind: _Kind, drawn: Drawn, verdict: _Verdict, arrived: int, words: Words) -> Setting:
        analysts, desks = self._analysts, self._plan.recipe.desks
        owner, approver = self._ranks.at(words[5]), self._ranks.at(words[6])
        if owner == approver:  # nobody approves what they own
            approver = (approver + 1) % len(analysts)
        return Setting(
            kind.name,
            drawn[2],
            kind.fields,
            verdict.severity,
            verdict.layer,
            verdict.rule,
            verdict.hurries or self._plan.drip is not None,
            verdict.needs_approval,
            kind.playbook,
            analysts[owner],
            analysts[approver],
            desks[words[7] * len(desks) >> 32],
            self._outcomes.at(words[8]),
            arrived,
            verdict.sla,
        )

    def _verdict(self, exception_type: str, source_system: str, drawn: Drawn) -> _Verdict:
        """The severity of a record, asked once for all in which the rules see the same."""
        seen = exception_type, source_system, drawn[5]
        known = self._known.get(seen)
        if known is None:
            raw_payload, context, _ = drawn[5].split("\n")
            decided = self._decisions.severity(
                exception_type=exception_type,
                source_system=source_system,
                amount=None if drawn[3] is None else Decimal(drawn[3]),
                raw_payload=orjson.loads(raw_payload),
                context=orjson.loads(context),
            )
            severity = decided.severity
            known = _Verdict(
                severity.value,
                str(decided.layer),
                decided.rule,
                severity is Severity.CRITICAL,
                self._decisions.approval_required(severity),
                self._plan.timeline.sla_hours[severity] * HOUR,
            )
            if len(self._known) < REMEMBERED:
                self._known[seen] = known
        return known

    def _kind(self, name: str) -> _Kind:
        recipe, decisions = self._plan.recipe.types[name], self._decisions
        payload = compiled(
            recipe,
            self._plan.domain,
            pools=self._pools,
            randomness=self._randomness,
            reading=decisions.reading(name),
            first_word=_OWN_WORDS,
        )
        fields = canonical_bytes(payload.context_fields).decode()
        return _Kind(name, payload, Weighted(recipe.sources), decisions.playbook(name), fields)
