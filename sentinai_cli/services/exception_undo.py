"""Taking back what an act did, while nobody has acted on top of it."""

from datetime import datetime
from uuid import UUID

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.event import ActorType, Event, EventDraft, EventType
from sentinai_cli.models.exception import Status
from sentinai_cli.models.exception_act import Act, ActedException, ActKind, ActOutcome, ActResult, ActTarget, Step
from sentinai_cli.models.operation import Operation, Outcome
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.models.uuid7 import new_id
from sentinai_cli.services.event_append import append, checked_payload
from sentinai_cli.services.exception_act import result_of
from sentinai_cli.services.operation import show_operation
from sentinai_cli.services.tenant_status import require_active


def undo_operation(database: Database, operation_id: str, *, actor: str, now: datetime) -> ActResult:
    """Append, for each event of the operation that is still the last of its exception, the one that reverses it.

    One transaction. Exceptions on which somebody has acted since are skipped. Raises NotFound, and InvalidInput for an
    operation that was no act on exceptions or one that cannot be taken back, as a comment.
    """
    operation = show_operation(database, operation_id)
    kind, targets = _undoable(operation)
    reason = f"undo of operation {operation.operation_id}"
    with database.begin(AllTenants()) as work:
        require_active(work, {target.tenant_id for target in targets})
        done = _reverse(work, targets, reason, actor=actor, now=now)
        changed = [one for one in done if one.outcome is ActOutcome.CHANGED]
        undone: UUID = work.record(
            Outcome.DONE if changed else Outcome.UNCHANGED,
            tenant_id=operation.tenant_id,
            before={"operation": str(operation.operation_id)},
            after={
                "undone": kind.value,
                "changed": len(changed),
                "skipped": len(done) - len(changed),
                "reversed": [[one.tenant_id, one.exception_id, one.event_no] for one in changed],
            },
        )
    return result_of(Act(kind=kind), done, [undone])


def _undoable(operation: Operation) -> tuple[ActKind, list[ActTarget]]:
    events = operation.after.get("events")
    act = operation.after.get("act")
    if not isinstance(events, list) or not isinstance(act, str) or act not in set(ActKind):
        raise InvalidInput(
            "not_undoable",
            f"operation {operation.operation_id} ({operation.command}) cannot be undone",
            why="only assign, escalate, resolve and reopen can",
            fix="sentinai operations list",
        )
    kind = ActKind(act)
    if kind is ActKind.COMMENT:
        raise InvalidInput("not_undoable", "a comment cannot be taken back", why="the event log is append-only")
    targets = [ActTarget(tenant_id=tenant, exception_id=name, event_no=number) for tenant, name, number in events]
    return kind, targets


def _reverse(work: Work, targets: list[ActTarget], reason: str, *, actor: str, now: datetime) -> list[ActedException]:
    states = work.exception_states.of([(one.tenant_id, one.exception_id) for one in targets], lock=True)
    done = []
    for target in targets:
        state = states.get((target.tenant_id, target.exception_id))
        outcome, number, why = ActOutcome.SKIPPED, None, None
        if state is None:
            why = "it is not there any more"
        elif state.event_no != target.event_no:
            why = f"somebody acted on it since: event {state.event_no} follows {target.event_no}"
        else:
            last = work.events.of_exception(target.tenant_id, target.exception_id)[-1]
            step = _opposite(last, reason)
            draft = EventDraft(
                event_id=new_id(now),
                event_type=step.event_type,
                actor_type=ActorType.USER,
                actor_id=actor,
                payload=checked_payload(step.event_type, step.payload),
                created_at=now,
            )
            outcome = ActOutcome.CHANGED
            number = append(work, target.tenant_id, target.exception_id, draft).event.event_no
        done.append(
            ActedException(
                tenant_id=target.tenant_id, exception_id=target.exception_id, outcome=outcome, event_no=number, why=why
            )
        )
    return done


def _opposite(event: Event, reason: str) -> Step:
    """The event that leads back to where `event` started from."""
    before = event.payload["before"]
    match event.event_type:
        case EventType.ESCALATED:
            after: object = Status.ESCALATED.value
        case EventType.REOPENED:
            after = Status.OPEN.value
        case _:
            after = event.payload["after"]
    kind = EventType.OWNER_CHANGED if event.event_type == EventType.OWNER_CHANGED else EventType.STATUS_CHANGED
    return Step(kind, {"before": after, "after": before, "reason": reason})
