"""The demo: from nothing to verified exceptions, and nothing more however often and whenever it is repeated."""

from datetime import timedelta

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migration_script import head
from sentinai_cli.models.database import Environment
from sentinai_cli.models.demo import Demo
from sentinai_cli.models.exception import ExceptionFilter, Status
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.services.demo import demo
from sentinai_cli.services.exception import list_exceptions
from tests.conftest import quiet
from tests.services.conftest import AS_OF, ignore
from tests.services.rows import seeded


def show(database: Database, *, days: int = 0, limit: int = 10) -> Demo:
    return demo(
        database,
        limit=limit,
        now=AS_OF + timedelta(days=days),
        next_commands=lambda worst: (f"sentinai exceptions show {worst}",),
        say=quiet,
        advance=ignore,
    )


def test_from_nothing_to_verified_exceptions_and_repeated_tomorrow_it_changes_nothing(empty: Database) -> None:
    first = show(empty)
    assert first.changed
    assert [run.inserted for run in first.tenants] == [50, 50]
    assert (first.verification.exceptions, first.verification.broken) == (100, 0)
    assert (first.target.revision, first.target.environment) == (head(), Environment.DEVELOPMENT)
    assert (first.target.embedded, first.as_of) == (True, AS_OF)

    before = seeded(empty.url)
    for days in (0, 1, 400):
        again = show(empty, days=days)
        assert not again.changed
        assert again.as_of == AS_OF
        assert (again.items, again.next_commands) == (first.items, first.next_commands)
        assert [run.digest for run in again.tenants] == [run.digest for run in first.tenants]
    assert seeded(empty.url) == before


def test_the_worst_open_ones_are_shown_and_the_very_worst_is_suggested(untouched: Database) -> None:
    shown = show(untouched, limit=7)
    unresolved = [
        item
        for item in list_exceptions(untouched, AllTenants(), ExceptionFilter(), limit=None).items
        if item.status is not Status.RESOLVED
    ]
    unresolved.sort(key=lambda item: (-item.severity.rank, item.sla_deadline, item.tenant_id, item.exception_id))
    assert list(shown.items) == unresolved[:7]
    assert shown.page.has_more
    assert shown.next_commands == (f"sentinai exceptions show {unresolved[0].exception_id}",)
    everything = show(untouched, limit=100)
    assert (len(everything.items), everything.page.has_more) == (len(unresolved), False)
