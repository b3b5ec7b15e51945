"""Acting on exceptions: the plan is frozen first, then carried out, skipping what others have changed meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import Conflict, InvalidInput, Partial
from sentinai_cli.models.event import ActorType, EventDraft
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey
from sentinai_cli.models.exception_act import (
    Act,
    ActedException,
    ActOutcome,
    ActPlan,
    ActResult,
    ActTarget,
    ExceptionState,
    Illegal,
    step_of,
)
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.uuid7 import new_id
from sentinai_cli.services.event_append import append, checked_payload
from sentinai_cli.services.exception import owner_of, unknown_exception
from sentinai_cli.services.tenant import require_tenant
from sentinai_cli.services.tenant_status import require_active

MOST_TARGETS = 100_000
BATCH = 200
"""Exceptions that are changed in one transaction."""

Advance = Callable[[int], None]
Key = tuple[str, str]


def plan_for_ids(
    database: Database,
    scope: TenantScope | AllTenants,
    given: Sequence[tuple[str | None, str]],
    act: Act,
    *,
    actor: str,
    now: datetime,
) -> ActPlan:
    """The act on named exceptions, each with its tenant or None for the one that has it.

    Raises NotFound when one of them does not exist, and InvalidInput when several tenants have it.
    """
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        keys = [(tenant or owner_of(work, scope, name), name) for tenant, name in given]
        require_active(work, {tenant for tenant, _ in keys})
        states = _states(work, keys)
        for tenant, name in keys:
            if (tenant, name) not in states:
                raise unknown_exception(name)
    return _plan(act, list(states.values()), actor=actor, now=now)


def plan_for_filter(
    database: Database, scope: TenantScope | AllTenants, chosen: ExceptionFilter, act: Act, *, actor: str, now: datetime
) -> ActPlan:
    """The act on everything that matches at this moment. Raises NotFound for an unknown tenant."""
    states: list[ExceptionState] = []
    after: ExceptionKey | None = None
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        while rows := work.exceptions.page(chosen, after=after, limit=1000):
            states += _states(work, [(row.tenant_id, row.exception_id) for row in rows]).values()
            after = ExceptionKey.of(rows[-1])
            require_active(work, {row.tenant_id for row in rows})
            if len(states) > MOST_TARGETS:
                raise InvalidInput(
                    "too_many_exceptions", f"more than {MOST_TARGETS:,} exceptions match", why="narrow the filter"
                )
    return _plan(act, states, actor=actor, now=now)


def carry_out(
    database: Database,
    scope: TenantScope | AllTenants,
    plan: ActPlan,
    *,
    actor: str,
    now: datetime,
    advance: Advance,
    exactly: bool = False,
) -> ActResult:
    """Do what the plan says, a transaction for each batch, and journal each.

    Exceptions that changed since the plan, or on which the act is not legal, are skipped. With `exactly` there is one
    transaction for all, and one that would be skipped raises Conflict, with nothing changed.
    """
    done: list[ActedException] = []
    operations: list[UUID] = []
    for batch in [plan.targets] if exactly else _batches(plan.targets):
        with database.begin(scope) as work:
            require_active(work, {target.tenant_id for target in batch})
            told = list(_act(work, plan.act, batch, actor=actor, now=now))
            if exactly:
                _require_all(told)
            operations.append(_journal(work, scope, plan.act.kind.value, told))
        done += told
        advance(len(told))
    return result_of(plan.act, done, operations)


def result_of(act: Act, done: Sequence[ActedException], operations: Sequence[UUID]) -> ActResult:
    """What became of all of them, counted."""
    count = {outcome: sum(one.outcome is outcome for one in done) for outcome in ActOutcome}
    return ActResult(
        items=tuple(done),
        page=Page.of_all(len(done)),
        act=act.kind,
        changed=count[ActOutcome.CHANGED],
        unchanged=count[ActOutcome.UNCHANGED],
        skipped=count[ActOutcome.SKIPPED],
        operations=tuple(operations),
    )


def require_complete(result: ActResult) -> None:
    """Raise Conflict when all that was to be changed was skipped, Partial when only some was."""
    if not result.skipped:
        return
    first = next(one for one in result.items if one.outcome is ActOutcome.SKIPPED)
    why = f"{first.exception_id} of {first.tenant_id}: {first.why}"
    fix = f"sentinai exceptions show {first.exception_id} --tenant {first.tenant_id}"
    if not result.changed:
        raise Conflict("act_not_possible", f"nothing was changed, {result.skipped} skipped", why=why, fix=fix)
    raise Partial("act_incomplete", f"{result.changed} changed, {result.skipped} skipped", why=why, fix=fix)


def _act(work: Work, act: Act, targets: Sequence[ActTarget], *, actor: str, now: datetime) -> Iterator[ActedException]:
    states = work.exception_states.of([(one.tenant_id, one.exception_id) for one in targets], lock=True)
    for target in targets:
        state = states.get((target.tenant_id, target.exception_id))
        if state is None:
            yield _skipped(target, "it is not there any more")
        elif state.event_no != target.event_no:
            yield _skipped(target, f"somebody changed it meanwhile: event {state.event_no} follows {target.event_no}")
        else:
            step = step_of(act, state)
            if isinstance(step, Illegal):
                yield _skipped(target, step.why)
            elif step is None:
                yield _acted(target, ActOutcome.UNCHANGED, state.event_no)
            else:
                draft = EventDraft(
                    event_id=new_id(now),
                    event_type=step.event_type,
                    actor_type=ActorType.USER,
                    actor_id=actor,
                    payload=checked_payload(step.event_type, step.payload),
                    created_at=now,
                )
                appended = append(work, target.tenant_id, target.exception_id, draft)
                yield _acted(target, ActOutcome.CHANGED, appended.event.event_no)


def _journal(work: Work, scope: TenantScope | AllTenants, act: str, told: Sequence[ActedException]) -> UUID:
    changed = [one for one in told if one.outcome is ActOutcome.CHANGED]
    return work.record(
        Outcome.DONE if changed else Outcome.UNCHANGED,
        tenant_id=scope.tenant_id if isinstance(scope, TenantScope) else None,
        after={
            "act": act,
            "changed": len(changed),
            "skipped": sum(one.outcome is ActOutcome.SKIPPED for one in told),
            "events": [[one.tenant_id, one.exception_id, one.event_no] for one in changed],
        },
    )


def _require_all(told: Sequence[ActedException]) -> None:
    skipped = [one for one in told if one.outcome is ActOutcome.SKIPPED]
    if skipped:
        first = skipped[0]
        raise Conflict(
            "plan_outdated",
            f"the plan cannot be carried out for {len(skipped)} of {len(told)}; nothing was changed",
            why=f"{first.exception_id} of {first.tenant_id}: {first.why}",
            fix=f"sentinai exceptions show {first.exception_id} --tenant {first.tenant_id}",
        )


def _plan(act: Act, states: Sequence[ExceptionState], *, actor: str, now: datetime) -> ActPlan:
    targets = tuple(
        ActTarget(tenant_id=state.tenant_id, exception_id=state.exception_id, event_no=state.event_no)
        for state in states
    )
    return ActPlan(act=act, targets=targets, planned_at=now, planned_by=actor).sealed()


def _states(work: Work, keys: Sequence[Key]) -> dict[Key, ExceptionState]:
    found: dict[Key, ExceptionState] = {}
    for start in range(0, len(keys), 1000):
        found |= work.exception_states.of(keys[start : start + 1000])
    return found


def _batches(targets: Sequence[ActTarget]) -> Iterator[Sequence[ActTarget]]:
    for start in range(0, len(targets), BATCH):
        yield targets[start : start + BATCH]


def _skipped(target: ActTarget, why: str) -> ActedException:
    return _told(target, ActOutcome.SKIPPED, None, why)


def _acted(target: ActTarget, outcome: ActOutcome, event_no: int) -> ActedException:
    return _told(target, outcome, event_no, None)


def _told(target: ActTarget, outcome: ActOutcome, event_no: int | None, why: str | None) -> ActedException:
    return ActedException(
        tenant_id=target.tenant_id, exception_id=target.exception_id, outcome=outcome, event_no=event_no, why=why
    )
