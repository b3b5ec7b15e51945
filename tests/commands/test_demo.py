"""`sentinai demo`: from nothing, on the embedded database, whatever is configured."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator
from tests.place import new_place


@contextmanager
def _nowhere() -> Iterator[str]:
    """A home in which nothing is yet, and whose server is stopped in the end."""
    with new_place() as place:
        yield str(place / "home")


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    """A home that the demos of this module share."""
    with _nowhere() as place:
        yield place


@pytest.fixture
def newcomer(operator: Operator, home: str) -> Operator:
    """Somebody who may have seen the demo before."""
    return operator.given(SENTINAI_HOME=home)


def test_everything_is_made_once_and_found_again_afterwards(operator: Operator) -> None:
    with _nowhere() as home:
        newcomer = operator.given(SENTINAI_HOME=home)
        first = newcomer("demo", terminal=True)
        rows = newcomer("exceptions", "list", "--all").out
        again = newcomer("demo", "-o", "json")
        assert newcomer("exceptions", "list", "--all").out == rows
    assert first.code == 0
    for part in (
        "Ready: 2 tenants with 100 exceptions",
        FINANCE,
        HEALTHCARE,
        "Worst open exceptions",
        "Next",
        "intact",
    ):
        assert part in first.out
    assert (again.code, again.document["changed"]) == (0, False)
    assert [run["inserted"] for run in again.document["tenants"]] == [0, 0]
    assert len(rows.splitlines()) == 101


def test_its_result_is_shown_in_every_format_and_leads_on(newcomer: Operator) -> None:
    newcomer("demo")
    assert "Nothing changed, there already" in newcomer("demo", terminal=True).out
    for output in ("json", "jsonl", "csv", "tsv", "table"):
        assert newcomer("demo", "-q", "--limit", "3", "-o", output).err == ""
    worst = newcomer("demo", "--limit", "3", "-o", "json").document["items"]
    assert len(worst) == 3
    assert [line.split("\t")[0] for line in newcomer("demo", "--limit", "3").out.splitlines()[1:]] == [
        item["exception_id"] for item in worst
    ]

    listed = newcomer("exceptions", "list", "-o", "json")
    assert {item["tenant_id"] for item in listed.document["items"]} == {FINANCE, HEALTHCARE}
    assert "all tenants" in listed.err
    for command in newcomer("demo", "-o", "json").document["next_commands"]:
        assert newcomer(*command.split()[1:], terminal=True).code == 0


def test_another_day_changes_nothing_either(newcomer: Operator) -> None:
    first = newcomer("demo", "-o", "json").document
    in_days = replace(newcomer, now=datetime.now(UTC) + timedelta(days=3))
    later = in_days("demo", "-o", "json").document
    assert (later["changed"], later["as_of"]) == (False, first["as_of"])
    assert [run["digest"] for run in later["tenants"]] == [run["digest"] for run in first["tenants"]]


def test_a_configured_database_is_named_and_not_touched(newcomer: Operator) -> None:
    url = "postgresql://ops:hunter2secret@127.0.0.1:1/app"
    ran = newcomer.given(SENTINAI_DATABASE_URL=url)("demo", "-o", "json")
    assert ran.code == 0
    assert "postgresql://ops@127.0.0.1:1/app is configured and is not touched" in ran.err
    assert "hunter2secret" not in ran.out + ran.err
    assert all(" --profile embedded " in f"{command} " for command in ran.document["next_commands"])
    for command in ran.document["next_commands"]:
        words = command.split()[1:]
        assert newcomer.given(SENTINAI_DATABASE_URL=url)(*words).code == 0


def test_its_entries_in_the_journal_say_demo(newcomer: Operator) -> None:
    assert newcomer("demo", "--actor", "jo").code == 0
    newest = newcomer.journal()[0]
    assert (newest["command"], newest["actor"]) == ("demo", "jo")
