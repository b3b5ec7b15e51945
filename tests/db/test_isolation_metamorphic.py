"""As tenant A beside B and C, everything is as if B and C had never existed, whatever happened to whom."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from sentinai_cli.db.driver import driver
from sentinai_cli.db.engine import Database, enter
from sentinai_cli.db.isolation.specimen import specimen, tenant_tables
from sentinai_cli.db.repositories.tenant import TenantRepository
from sentinai_cli.db.work import Work
from sentinai_cli.errors import SentinaiError
from sentinai_cli.models.base import Model
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event_seal import EventSeal
from sentinai_cli.models.scope import AllTenants, TenantScope
from tests.conftest import connect, context, fresh_database
from tests.db.isolation_history import EVERYTHING, OTHERS, SELF, Step, histories, play
from tests.db.repository_matrix import MATRIX, Call, methods
from tests.services.pooler import needs_pgbouncer, pooled

FEW = settings(max_examples=2, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])

OF_THE_CLUSTER = ("horizon", "hash", "previous")
"""What of a seal depends on transaction numbers, which all databases of a server share."""

_ROWS = sql.SQL("SELECT tenant_id = {own}, {name}, to_jsonb(t) - {made}::text[] FROM {table} AS t")


class _Undone(Exception):
    """The end of a transaction that is to be rolled back."""


@contextmanager
def undone(database: Database) -> Iterator[Work]:
    """A transaction in A's scope that leaves nothing."""
    with suppress(_Undone), database.begin(TenantScope(SELF)) as work:
        yield work
        raise _Undone


def failure(error: Exception) -> tuple[object, ...]:
    """What a failure tells A."""
    if isinstance(error, SentinaiError):
        return ("raised", error.code, error.why)
    cause = error.orig if isinstance(error, DBAPIError) else error
    return ("raised", cause.sqlstate if isinstance(cause, psycopg.Error) else str(cause))


def plain(value: object) -> object:
    """What can be compared: models as documents, and times that a server's clock made as the word now."""
    if isinstance(value, EventSeal):
        return plain(value.model_dump(exclude=set(OF_THE_CLUSTER)))
    if isinstance(value, Model):
        return plain({name: getattr(value, name) for name in type(value).model_fields})
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain({name: each for name, each in value._asdict().items() if name != "horizon"})
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | Iterator):
        return [plain(each) for each in value]
    if isinstance(value, datetime) and abs(datetime.now(UTC) - value) < timedelta(hours=1):
        return "now"
    return value


def rows(work: Work) -> tuple[list[Any], list[Any]]:
    """A's rows of every table, and all others', without what the server's clock and transactions put into them."""
    enter(work.connection, AllTenants(), read_only=False)
    asked = [
        _ROWS.format(
            own=SELF,
            name=table.name,
            made=[
                *(column.name for column in table.columns if column.server_default is not None),
                *(OF_THE_CLUSTER if table.name == "event_seal" else ()),
                *(("released_at",) if table.name == "legal_hold" else ()),
            ],
            table=sql.Identifier(table.name),
        )
        for table in tenant_tables()
    ]
    found = sorted(driver(work.connection).execute(sql.SQL(" UNION ALL ").join(asked)), key=str)
    return [row for own, *row in found if own], [row for own, *row in found if not own]


class Witness:
    """Tells what A gets from a call and what A's rows are then; fails when anybody else's were changed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.begin(AllTenants(), read_only=True) as work:
            _, self._strangers = rows(work)

    def outcome(self, call: Call) -> tuple[object, ...]:
        try:
            with undone(self.database) as work:
                returned = plain(call(work))
                own, strangers = rows(work)
                assert strangers == self._strangers
        except (SentinaiError, DBAPIError, LookupError, ValueError, psycopg.Error) as error:
            return failure(error)
        return ("returned", returned, own)


@contextmanager
def both(server: DatabaseUrl, template: str, history: list[Step]) -> Iterator[tuple[DatabaseUrl, DatabaseUrl]]:
    """The same history twice: in one database it happened to all, in the other to A, the only tenant there ever was."""
    with ExitStack() as stack:
        urls = [stack.enter_context(fresh_database(server, template)) for _ in range(2)]
        for url, tenants in zip(urls, [(SELF, *OTHERS), (SELF,)], strict=True):
            with closing(Database(url, context=context())) as database:
                play(database, history, tenants)
        yield urls[0], urls[1]


def assert_alike(beside: Database, alone: Database) -> None:
    here, there = Witness(beside), Witness(alone)
    for name, calls in MATRIX.items():
        for number, call in enumerate(calls):
            assert here.outcome(call) == there.outcome(call), f"{name}, call {number}"


def test_every_method_of_every_repository_is_in_the_matrix() -> None:
    assert methods() - MATRIX.keys() == set(), "tests/db/repository_matrix.py needs an entry for each"
    assert MATRIX.keys() - methods() == set()


def test_a_method_that_nobody_entered_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TenantRepository, "rename", lambda self: None, raising=False)
    assert "TenantRepository.rename" in methods() - MATRIX.keys()


@given(histories)
@example(EVERYTHING)
@FEW
def test_each_repository_method_as_one_tenant_is_as_if_there_were_no_other(
    server: DatabaseUrl, template: str, history: list[Step]
) -> None:
    _compare(server, template, history)


@pytest.mark.slow
@given(histories)
@MANY
def test_each_repository_method_is_as_if_there_were_no_other_after_many_histories(
    server: DatabaseUrl, template: str, history: list[Step]
) -> None:
    _compare(server, template, history)


def _compare(server: DatabaseUrl, template: str, history: list[Step]) -> None:
    with (
        both(server, template, history) as (here, there),
        closing(Database(here, context=context())) as beside,
        closing(Database(there, context=context())) as alone,
    ):
        assert_alike(beside, alone)


@pytest.mark.parametrize(
    ("breaking", "statement"),
    [
        ("ALTER TABLE seed_run DISABLE ROW LEVEL SECURITY", "SELECT count(*) FROM seed_run"),
        ("ALTER TABLE exception DISABLE ROW LEVEL SECURITY", "UPDATE exception SET owner = 'x'"),
        ("CREATE UNIQUE INDEX one ON seed_run (seed)", "UPDATE seed_run SET state = 'running' RETURNING 1"),
        (
            "CREATE UNIQUE INDEX one ON seed_run (records); GRANT UPDATE (seed) ON seed_run TO sentinai_app",
            "UPDATE seed_run SET records = 0",
        ),
    ],
    ids=["a row is seen", "a row is changed", "nothing", "a key tells"],
)
def test_a_missing_wall_is_noticed(
    server: DatabaseUrl, template: str, breaking: str, statement: str, request: pytest.FixtureRequest
) -> None:
    history = [Step("A", "seed", 1), Step("A", "load", 1), Step("B", "seed", 2), Step("B", "load", 2)]
    with both(server, template, history) as urls:
        for url in urls:
            with connect(url) as admin:
                admin.execute(breaking)
        with (
            closing(Database(urls[0], context=context())) as beside,
            closing(Database(urls[1], context=context())) as alone,
        ):
            call = doing(sql.SQL(statement).format(), [])
            alike = _alike(beside, alone, call)
    assert alike is (request.node.callspec.id == "nothing")


def _alike(beside: Database, alone: Database, call: Call) -> bool:
    try:
        return Witness(beside).outcome(call) == Witness(alone).outcome(call)
    except AssertionError:  # B's rows were changed
        return False


@needs_pgbouncer
def test_nothing_leaks_through_a_pooler_whose_one_connection_others_use_in_between(
    server: DatabaseUrl, template: str
) -> None:
    with (
        both(server, template, EVERYTHING) as (one, other),
        pooled(one) as shared,
        closing(Database(shared, context=context())) as beside,
        closing(Database(shared, context=context())) as neighbour,
        closing(Database(other, context=context())) as alone,
    ):
        here, there = Witness(beside), Witness(alone)
        for call in (call for calls in MATRIX.values() for call in calls):
            with neighbour.begin(TenantScope("B")) as work:
                assert [tenant.tenant_id for tenant in work.tenants.list_all()] == ["B"]
            assert here.outcome(call) == there.outcome(call)
            with neighbour.begin(AllTenants()) as work:
                assert len(work.tenants.list_all()) == 3


def _statements(column: str, row: dict[str, object], table: str) -> dict[str, tuple[sql.Composed, list[object]]]:
    name, target = sql.Identifier(column), sql.Identifier(table)
    columns, values = sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join([sql.Placeholder()] * len(row))
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(target, columns, values)
    return {
        "select": (sql.SQL("SELECT tenant_id, count(*) FROM {} GROUP BY 1").format(target), []),
        "update": (sql.SQL("UPDATE {} SET {} = {}").format(target, name, name), []),
        "delete": (sql.SQL("DELETE FROM {}").format(target), []),
        "insert": (insert, list(row.values())),
        "upsert": (insert + sql.SQL(" ON CONFLICT DO NOTHING"), list(row.values())),
        "upsert and change": (
            insert
            + sql.SQL(" ON CONFLICT ON CONSTRAINT {} DO UPDATE SET {} = excluded.{}").format(
                sql.Identifier(f"pk_{table}"), name, name
            ),
            list(row.values()),
        ),
    }


def doing(statement: sql.Composed, values: list[object]) -> Call:
    """A bare statement as a call of the matrix."""

    def call(work: Work) -> object:
        cursor = driver(work.connection).execute(statement, values)
        return cursor.rowcount, cursor.fetchall() if cursor.description else []

    return call


def _rows_of(database: Database, table: str, tenant: str) -> list[dict[str, object]]:
    """Real rows of a tenant, as JSON documents."""
    with database.begin(AllTenants(), read_only=True) as work:
        wanted = sql.SQL("SELECT to_jsonb(t) FROM {} AS t WHERE tenant_id = {} LIMIT 2").format(
            sql.Identifier(table), tenant
        )
        return [row[0] for row in driver(work.connection).execute(wanted)]


def test_each_statement_on_each_table_is_as_if_there_were_no_other(server: DatabaseUrl, template: str) -> None:
    tried = 0
    with (
        both(server, template, EVERYTHING) as (one, other),
        closing(Database(one, context=context())) as beside,
        closing(Database(other, context=context())) as alone,
    ):
        here, there = Witness(beside), Witness(alone)
        for table in tenant_tables():
            updatable = next(
                (name for name in ("status", "state", "active", "enabled") if name in table.columns), "tenant_id"
            )
            for tenant in (SELF, "B"):
                for what, (statement, values) in _statements(updatable, specimen(table, tenant), table.name).items():
                    tried += 1
                    call = doing(statement, values)
                    assert here.outcome(call) == there.outcome(call), (table.name, what)
            for row in _rows_of(beside, table.name, "B"):
                for owner in (SELF, "B"):
                    tried += 1
                    copied = _copied(table.name, [c.name for c in table.columns if c.computed is None], row, owner)
                    assert here.outcome(copied) == there.outcome(copied), (table.name, "a copy of B's row")
    assert tried > 12 * len(tenant_tables())


def _copied(table: str, columns: list[str], row: dict[str, object], owner: str) -> Call:
    """B's row once more, for another owner: whether its keys are free must not depend on B."""
    named = sql.SQL(", ").join(sql.Identifier(name) for name in columns if name != "xid")
    statement = sql.SQL("INSERT INTO {table} ({named}) SELECT {named} FROM jsonb_populate_record(NULL::{table}, %s)")
    document = psycopg.types.json.Jsonb({**row, "tenant_id": owner})
    return doing(statement.format(table=sql.Identifier(table), named=named), [document])
