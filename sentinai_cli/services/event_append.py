"""Appending to the event log. Every change of an exception goes through here, so that its row is what its events say.

`append` is for use cases inside a transaction of their own; `append_event` is the one of `sentinai events append`.
"""

from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import Conflict, InvalidInput, NotFound
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event import ActorType, Event, EventAppended, EventDraft, EventType
from sentinai_cli.models.event_fold import TELLS_STATE, Contradiction, Told, fold
from sentinai_cli.models.event_payload import PAYLOADS
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.uuid7 import new_id
from sentinai_cli.services.exception import owner_of
from sentinai_cli.services.tenant_status import require_active

LONGEST_ACTOR = 200
_WITH_THE_RECORD = (EventType.EXCEPTION_CREATED, EventType.EXCEPTION_UPDATED)


def append_event(
    database: Database,
    scope: TenantScope | AllTenants,
    exception_id: str,
    *,
    event_type: EventType,
    payload: object,
    actor_type: ActorType,
    actor_id: str,
    event_id: UUID | None,
    now: datetime,
) -> EventAppended:
    """Append one event to an exception and journal it; without `event_id` a new one is made.

    Raises InvalidInput for a payload that is not of its type and for types that come with the exception's record;
    NotFound; Conflict when the id is another event's or the event does not follow from the exception's state.
    """
    if event_type in _WITH_THE_RECORD:
        raise InvalidInput(
            "event_type_reserved",
            f"{event_type} cannot be appended alone",
            why="it is written together with the record that its digest covers",
        )
    draft = EventDraft(
        event_id=event_id or new_id(now),
        event_type=event_type,
        actor_type=actor_type,
        actor_id=_checked_actor(actor_id),
        payload=checked_payload(event_type, payload),
        created_at=now,
    )
    with database.begin(scope) as work:
        tenant_id = owner_of(work, scope, exception_id)
        require_active(work, [tenant_id])
        result = append(work, tenant_id, exception_id, draft)
        ids: dict[str, object] = {
            "exception_id": exception_id,
            "event_id": str(result.event.event_id),
            "event_no": result.event.event_no,
            "hash": result.event.hash,
        }
        work.record(Outcome.DONE if result.appended else Outcome.UNCHANGED, tenant_id=tenant_id, after=ids)
    return result


def append(work: Work, tenant_id: str, exception_id: str, draft: EventDraft) -> EventAppended:
    """Append an event of any type but ExceptionCreated and ExceptionUpdated, and change the row as the event says.

    Raises NotFound; Conflict when the id is another event's, or when the event contradicts the exception's state
    (somebody changed it meanwhile). An event that is there already with the same content changes nothing.
    """
    changes: dict[str, object] = {}
    if draft.event_type in TELLS_STATE:
        # The lock comes before the look: what is decided from the events so far still holds when this one is written.
        if not work.exceptions.lock(tenant_id, exception_id):
            raise _unknown(exception_id)
        if not work.events.event_exists(tenant_id, draft.event_id):
            changes = _changes(work, tenant_id, exception_id, draft)
    try:
        placed, appended = work.events.append_event_if_new(tenant_id, exception_id, draft, changes)
    except LookupError:
        raise _unknown(exception_id) from None
    event = Event(
        event_no=placed.event_no,
        event_id=draft.event_id,
        event_type=draft.event_type,
        actor_type=draft.actor_type,
        actor_id=draft.actor_id,
        payload=draft.payload,
        created_at=placed.created_at,
        hash=placed.hash.hex(),
    )
    return EventAppended(appended=appended, tenant_id=tenant_id, exception_id=exception_id, event=event)


def checked_payload(event_type: EventType, payload: object) -> dict[str, object]:
    """The payload as it is stored. Raises InvalidInput that names every field which does not fit the type."""
    if not isinstance(payload, dict):
        raise InvalidInput("invalid_payload", "a payload is a JSON object")
    try:
        read = PAYLOADS[event_type].model_validate_json(canonical_bytes(payload), strict=True)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc'])) or '/'}: {fault['msg']}" for fault in error.errors()]
        raise InvalidInput("invalid_payload", f"the payload does not fit {event_type}", why="\n".join(faults)) from None
    return read.model_dump(mode="json", exclude_unset=True)


def _checked_actor(actor_id: str) -> str:
    if not (actor_id.strip() and len(actor_id) <= LONGEST_ACTOR):
        raise InvalidInput("invalid_actor", f"an actor is 1 to {LONGEST_ACTOR} characters long")
    return actor_id


def _changes(work: Work, tenant_id: str, exception_id: str, draft: EventDraft) -> dict[str, object]:
    """The columns that differ once the draft has happened."""
    told = work.events.of_exception(tenant_id, exception_id)
    next_one = Told(told[-1].event_no + 1, draft.event_type, draft.payload, max(draft.created_at, told[-1].created_at))
    try:
        state = fold(told)
        before = state.columns()
        after = fold([next_one], state).columns()
    except Contradiction as error:
        raise Conflict(
            "event_contradicts",
            f"{draft.event_type} does not follow from the exception's state",
            why=error.why,
            fix=f"sentinai exceptions show {exception_id} --tenant {tenant_id}",
        ) from None
    return {name: value for name, value in after.items() if value != before[name]}


def _unknown(exception_id: str) -> NotFound:
    return NotFound(
        "exception_not_found", f"there is no exception {exception_id[:128]}", fix="sentinai exceptions list"
    )
