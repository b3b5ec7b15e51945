"""Acts on exceptions: legal ones only, once, told apart from what others did, and taken back while that is possible."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, InvalidInput, NotFound, Partial
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.exception import ExceptionDetail, ExceptionFilter, Status
from sentinai_cli.models.exception_act import Act, ActKind, ActOutcome, ActPlan, ActResult
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.exception_act import carry_out, plan_for_filter, plan_for_ids, require_complete
from sentinai_cli.services.exception_undo import undo_operation
from tests.db.records import EPOCH, record, stored
from tests.services.conftest import ignore

A = TenantScope("A")
NOW = EPOCH + timedelta(days=2)
RESOLVE = Act(kind=ActKind.RESOLVE, reason="booked by hand")
ACTS = {
    ActKind.ASSIGN: Act(kind=ActKind.ASSIGN, to="ada"),
    ActKind.ESCALATE: Act(kind=ActKind.ESCALATE, to="risk", reason="over the limit"),
    ActKind.RESOLVE: RESOLVE,
    ActKind.REOPEN: Act(kind=ActKind.REOPEN, reason="came back"),
    ActKind.COMMENT: Act(kind=ActKind.COMMENT, text="called"),
}


def plan(database: Database, act: Act, *names: str) -> ActPlan:
    return plan_for_ids(database, A, [(None, name) for name in names], act, actor="ada", now=NOW)


def carry(database: Database, made: ActPlan, *, actor: str = "ada", exactly: bool = False) -> ActResult:
    return carry_out(database, A, made, actor=actor, now=NOW, advance=ignore, exactly=exactly)


def do(database: Database, act: Act, *names: str) -> ActResult:
    return carry(database, plan(database, act, *names))


def look(database: Database, name: str) -> ExceptionDetail:
    return stored(database, A, name)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize(
    ("kind", "leads_to", "is_so", "illegal"),
    [
        (ActKind.ASSIGN, {}, set(), {Status.RESOLVED}),
        (ActKind.ESCALATE, {"status": Status.ESCALATED}, {Status.ESCALATED}, {Status.RESOLVED}),
        (ActKind.RESOLVE, {"status": Status.RESOLVED}, {Status.RESOLVED}, set()),
        (ActKind.REOPEN, {"status": Status.OPEN}, {Status.OPEN}, {Status.ANALYZING, Status.ESCALATED}),
        (ActKind.COMMENT, {}, set(), set()),
    ],
)
def test_an_act_is_done_where_it_is_legal_and_leaves_one_event(
    database: Database,
    store: Callable[..., int],
    status: Status,
    kind: ActKind,
    leads_to: dict[str, Status],
    is_so: set[Status],
    illegal: set[Status],
) -> None:
    store(record("A", 1, status=status))
    before = look(database, "EX-000001")
    (one,) = do(database, ACTS[kind], "EX-000001").items
    after = look(database, "EX-000001")
    if status in illegal or status in is_so:
        assert one.outcome is (ActOutcome.SKIPPED if status in illegal else ActOutcome.UNCHANGED)
        assert after == before
    else:
        assert one.outcome is ActOutcome.CHANGED
        assert len(after.events) == len(before.events) + 1 == one.event_no
        assert after.status is leads_to.get("status", status)
        assert after.owner == ("ada" if kind is ActKind.ASSIGN else None)
        assert (after.resolved_at is None) == (after.status is not Status.RESOLVED)
        assert (after.events[-1].actor_type, after.events[-1].actor_id) == ("user", "ada")
    assert verify_events(database, AllTenants(), advance=ignore, folded=True).broken == 0


def test_of_two_operators_one_wins_and_the_other_is_told(database: Database, store: Callable[..., int]) -> None:
    names = [f"EX-{number:06d}" for number in range(1, 21)]
    store(*(record("A", number) for number in range(1, 21)))
    plans = [plan(database, act, *names) for act in (RESOLVE, ACTS[ActKind.ESCALATE])]
    together = Barrier(2)

    def act(number: int) -> ActResult:
        together.wait(20)
        return carry(database, plans[number], actor=f"operator {number}")

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(act, range(2)))
    assert sorted((result.changed, result.skipped) for result in results) == [(0, 20), (20, 0)]
    loser = next(result for result in results if result.skipped)
    assert all(one.why and "meanwhile" in one.why for one in loser.items)
    with pytest.raises(Conflict):
        require_complete(loser)
    for name in names:
        assert [event.event_type for event in look(database, name).events[2:]] in (["StatusChanged"], ["Escalated"])


def test_what_changed_since_the_plan_is_skipped_and_the_rest_is_done(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1), record("A", 2))
    made = plan(database, RESOLVE, "EX-000001", "EX-000002")
    do(database, ACTS[ActKind.COMMENT], "EX-000002")
    result = carry(database, made)
    assert (result.changed, result.skipped) == (1, 1)
    with pytest.raises(Partial) as caught:
        require_complete(result)
    assert caught.value.why is not None
    assert "EX-000002" in caught.value.why
    assert look(database, "EX-000002").status is Status.OPEN


def test_a_plan_is_carried_out_exactly_or_not_at_all(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2))
    made = plan(database, RESOLVE, "EX-000001", "EX-000002")
    do(database, ACTS[ActKind.COMMENT], "EX-000002")
    with pytest.raises(Conflict) as caught:
        carry(database, made, exactly=True)
    assert caught.value.code == "plan_outdated"
    assert look(database, "EX-000001").status is Status.OPEN
    again = plan(database, RESOLVE, "EX-000001", "EX-000002")
    assert carry(database, again, exactly=True).changed == 2


def test_a_plan_survives_a_file_and_an_edit_of_it_is_noticed(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    made = plan(database, RESOLVE, "EX-000001")
    written = canonical_bytes(made.model_dump(mode="json"))
    assert ActPlan.read(written) == made
    for old, new in ((b"EX-000001", b"EX-000002"), (b"resolve", b"comment"), (b'"event_no":2', b'"event_no":3')):
        assert old in written
        with pytest.raises(InvalidInput):
            ActPlan.read(written.replace(old, new))
    for damaged in (b"", b"[]", b"{}", b'{"act": 1}', written[:-5]):
        with pytest.raises(InvalidInput):
            ActPlan.read(damaged)


def test_a_filter_is_frozen_when_it_is_planned(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2, status=Status.ESCALATED), record("B", 3))
    made = plan_for_filter(database, A, ExceptionFilter(statuses=(Status.OPEN,)), RESOLVE, actor="ada", now=NOW)
    store(record("A", 4))
    assert [target.exception_id for target in made.targets] == ["EX-000001"]
    assert carry(database, made).changed == 1
    assert look(database, "EX-000004").status is Status.OPEN


def test_a_name_that_nobody_has_stops_everything(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("B", 2))
    for name in ("EX-000009", "EX-000002"):
        with pytest.raises(NotFound):
            plan(database, RESOLVE, "EX-000001", name)
    with pytest.raises(NotFound):
        plan_for_ids(database, A, [("B", "EX-000002")], RESOLVE, actor="ada", now=NOW)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (ActKind.ASSIGN, Status.ANALYZING),
        (ActKind.ESCALATE, Status.ANALYZING),
        (ActKind.RESOLVE, Status.ESCALATED),
        (ActKind.REOPEN, Status.RESOLVED),
    ],
)
def test_an_act_is_undone_to_the_state_that_it_found(
    database: Database, store: Callable[..., int], kind: ActKind, status: Status
) -> None:
    store(record("A", 1, status=status))
    before = look(database, "EX-000001")
    (operation,) = do(database, ACTS[kind], "EX-000001").operations
    undone = undo(database, operation)
    after = look(database, "EX-000001")
    assert undone.changed == 1
    assert (after.status, after.owner, len(after.events)) == (before.status, before.owner, len(before.events) + 2)
    assert verify_events(database, AllTenants(), advance=ignore, folded=True).broken == 0
    again = undo(database, operation)
    assert (again.changed, again.skipped) == (0, 1)


def test_what_somebody_acted_on_since_is_not_undone(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2))
    (operation,) = do(database, RESOLVE, "EX-000001", "EX-000002").operations
    do(database, ACTS[ActKind.COMMENT], "EX-000002")
    result = undo(database, operation)
    assert [one.outcome for one in result.items] == [ActOutcome.CHANGED, ActOutcome.SKIPPED]
    assert (look(database, "EX-000001").status, look(database, "EX-000002").status) == (Status.OPEN, Status.RESOLVED)


def test_a_comment_and_an_undo_cannot_be_undone(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    (comment,) = do(database, ACTS[ActKind.COMMENT], "EX-000001").operations
    (resolved,) = do(database, RESOLVE, "EX-000001").operations
    (back,) = undo(database, resolved).operations
    for operation in (comment, back):
        with pytest.raises(InvalidInput) as caught:
            undo(database, operation)
        assert caught.value.code == "not_undoable"


def test_many_are_done_in_batches_each_with_its_operation(database: Database, store: Callable[..., int]) -> None:
    store(*(record("A", number, comments=0) for number in range(1, 206)))
    made = plan_for_filter(database, A, ExceptionFilter(), ACTS[ActKind.ASSIGN], actor="ada", now=NOW)
    heard: list[int] = []
    result = carry_out(database, A, made, actor="ada", now=NOW, advance=heard.append)
    assert (result.changed, heard, len(result.operations)) == (205, [200, 5], 2)


def undo(database: Database, operation: UUID) -> ActResult:
    return undo_operation(database, str(operation), actor="ada", now=NOW)
