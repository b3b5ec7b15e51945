"""The journal: what was done, newest first, by whom and how it ended."""

from uuid import uuid4

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.services.operation import list_operations, show_operation


@pytest.fixture(scope="module")
def journal(shared: Database) -> list[str]:
    """The ids of five operations, newest first."""
    made = []
    for number in range(5):
        with shared.begin(AllTenants()) as work:
            made.append(str(work.record(after={"number": number}, tenant_id=f"T{number}")))
    return made[::-1]


@pytest.mark.parametrize(("limit", "has_more"), [(1, True), (4, True), (5, False), (6, False), (1000, False)])
def test_the_newest_come_first_and_it_is_said_when_there_are_more(
    shared: Database, journal: list[str], limit: int, has_more: bool
) -> None:
    listed = list_operations(shared, limit=limit)
    assert [str(entry.operation_id) for entry in listed.items] == journal[:limit]
    assert (listed.page.limit, listed.page.has_more) == (limit, has_more)


def test_one_is_shown_as_it_was_entered(shared: Database, journal: list[str]) -> None:
    entry = show_operation(shared, journal[0].upper())
    assert (str(entry.operation_id), entry.tenant_id, entry.after) == (journal[0], "T4", {"number": 4})
    assert (entry.command, entry.actor, entry.reason, entry.outcome) == ("test", "tester", None, Outcome.DONE)
    assert entry.duration_ms >= 0
    assert entry == list_operations(shared, limit=1).items[0]


@pytest.mark.parametrize("text", ["", "x", "'; DROP TABLE operation", "0" * 33, "\udcff"])
def test_what_is_no_id_is_said_to_be_none(shared: Database, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        show_operation(shared, text)
    assert caught.value.code == "invalid_operation_id"


def test_an_id_that_nobody_has_is_not_found(shared: Database) -> None:
    with pytest.raises(NotFound) as caught:
        show_operation(shared, str(uuid4()))
    assert caught.value.code == "operation_not_found"


def test_what_is_rolled_back_is_not_in_the_journal(shared: Database, journal: list[str]) -> None:
    with pytest.raises(RuntimeError), shared.begin(AllTenants()) as work:
        work.record()
        raise RuntimeError("something else went wrong")
    assert len(list_operations(shared, limit=100).items) == len(journal)
