"""`sentinai migrate`: from nothing to head, once."""

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.operator import Operator
from tests.conftest import connect


def test_an_empty_database_is_brought_to_head_and_the_second_time_nothing_is_done(empty: Operator) -> None:
    first = empty("migrate", "-o", "json")
    assert first.code == 0
    assert first.err.startswith("target: environment not marked, profile environment, no schema yet, PostgreSQL ")
    assert first.document["before"] is None
    assert first.document["applied"][-1] == first.document["after"]
    again = empty("migrate", "-o", "json")
    assert (again.code, again.document["applied"]) == (0, [])
    assert "up to date; nothing was changed" in again.err
    assert empty("status", "-o", "json").document["schema_state"] == "up_to_date"


@pytest.mark.parametrize("mark", ["development", "staging", "production"])
def test_a_new_database_gets_the_mark_that_was_asked_for_and_an_older_one_keeps_its_own(
    mark: str, empty: Operator
) -> None:
    assert empty("migrate", "--environment", mark, "-o", "json").document["environment"] == mark
    assert empty("migrate", "--environment", "development").code == 0
    assert empty("db", "environment", "show", "-o", "json").document["environment"] == mark


def test_a_mark_that_is_none_is_refused(empty: Operator) -> None:
    ran = empty("migrate", "--environment", "prod", "-o", "json")
    assert (ran.code, ran.out, ran.failure["exit"]) == (2, "", 2)
    assert empty("status", "-o", "json").document["schema_state"] == "empty"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE customers (id int)",
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('a1b2c3')",
        "CREATE TABLE tenant (id int)",
    ],
)
def test_a_database_that_holds_something_else_is_not_touched(
    statement: str, empty: Operator, empty_url: DatabaseUrl
) -> None:
    with connect(empty_url) as admin:
        admin.execute(statement)
        tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        before = admin.execute(tables).fetchone()
        ran = empty("migrate", "-o", "json")
        assert (ran.code, ran.out) == (4, "")
        assert ran.failure["why"]
        assert admin.execute(tables).fetchone() == before
    assert empty("seed").code == 4
    assert empty("exceptions", "list").code == 4
