"""The event log is append-only for everybody, and whatever was done to it all the same is found."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.event_check import BreakKind
from sentinai_cli.models.event_hash import GENESIS, chain_hash, event_leaf
from sentinai_cli.models.exception import Status
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.event_append import append_event
from tests.conftest import connect
from tests.db.records import EPOCH, record

OWNER = "SET LOCAL ROLE sentinai_owner; SET LOCAL sentinai.tenant_id = 'A'"
ERASE = """
    INSERT INTO erasure (tenant_id, exception_id, erasure_no, events, head_hash, leaves, reason, operation_id)
    SELECT x.tenant_id, x.exception_id, 1, x.last_event_no, x.last_event_hash,
           string_agg(e.leaf, ''::bytea ORDER BY e.event_no), 'test', '{operation}'
    FROM exception AS x JOIN exception_event AS e USING (tenant_id, exception_id)
    WHERE exception_id = 'EX-000001' GROUP BY x.tenant_id, x.exception_id
"""


def ignore(_: int) -> None:
    """Hear of progress and forget it."""


@pytest.mark.parametrize("who", ["", OWNER], ids=["superuser", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exception_event SET actor_id = 'me'",
        "DELETE FROM exception_event",
        "TRUNCATE exception_event",
        "DELETE FROM exception",
        "TRUNCATE exception CASCADE",
        "DELETE FROM operation",
        "UPDATE operation SET actor = 'me'",
        "TRUNCATE operation",
        "SET LOCAL session_replication_role = replica; DELETE FROM exception_event",
    ],
)
def test_nobody_changes_the_log(
    url: DatabaseUrl, database: Database, store: Callable[..., int], who: str, statement: str
) -> None:
    store(record("A", 1))
    with database.begin(TenantScope("A")) as work:
        work.record()
    with connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        if who:
            connection.execute(who)
        connection.execute(statement)


def erase(connection: psycopg.Connection) -> None:
    connection.execute(ERASE.format(operation=uuid4()))


def test_the_owner_erases_an_exception_with_a_record_of_it_in_the_same_transaction(
    url: DatabaseUrl, store: Callable[..., int]
) -> None:
    store(record("A", 1), record("A", 2))
    with connect(url) as connection:
        with connection.transaction():
            connection.execute(OWNER)
            erase(connection)
            connection.execute("DELETE FROM exception_event WHERE exception_id = 'EX-000001'")
            connection.execute("DELETE FROM exception WHERE exception_id = 'EX-000001'")
        assert connection.execute("SELECT exception_id FROM exception").fetchall() == [("EX-000002",)]
        kept = connection.execute("SELECT events, length(leaves) FROM erasure").fetchone()
        assert kept == (2, 64)


def test_the_record_of_an_earlier_transaction_opens_nothing(url: DatabaseUrl, store: Callable[..., int]) -> None:
    store(record("A", 1))
    with connect(url) as connection:
        with connection.transaction():
            connection.execute(OWNER)
            erase(connection)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(OWNER)
            connection.execute("DELETE FROM exception_event")


def test_the_record_of_one_exception_opens_no_other(url: DatabaseUrl, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2))
    with connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(OWNER)
        erase(connection)
        connection.execute("DELETE FROM exception_event WHERE exception_id = 'EX-000002'")


def test_a_record_with_another_head_opens_nothing(url: DatabaseUrl, store: Callable[..., int]) -> None:
    store(record("A", 1))
    with connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(OWNER)
        connection.execute(
            "INSERT INTO erasure (tenant_id, exception_id, erasure_no, events, head_hash, leaves, reason, operation_id)"
            " VALUES ('A', 'EX-000001', 1, 2, sha256('x'), sha256('x') || sha256('y'), 'test', gen_random_uuid())"
        )
        connection.execute("DELETE FROM exception_event")


def test_no_scope_may_record_an_erasure(url: DatabaseUrl, store: Callable[..., int]) -> None:
    store(record("A", 1))
    for role in ("sentinai_app", "sentinai_operator"):
        with connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(f"SET LOCAL ROLE {role}; SET LOCAL sentinai.tenant_id = 'A'")
            erase(connection)


def test_which_transaction_wrote_an_event_is_the_servers_word(url: DatabaseUrl, store: Callable[..., int]) -> None:
    store(record("A", 1))
    with connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute("SET LOCAL ROLE sentinai_app; SET LOCAL sentinai.tenant_id = 'A'")
        connection.execute("INSERT INTO exception_event (tenant_id, xid) VALUES ('A', '1')")


def test_a_whole_log_verifies(database: Database, store: Callable[..., int]) -> None:
    store(*[record("A", n, status=Status.RESOLVED, comments=n) for n in range(1, 6)], record("B", 1))
    result = verify_events(database, AllTenants(), advance=ignore)
    assert (result.tenants, result.exceptions, result.broken, result.breaks) == (2, 6, 0, ())
    assert result.events == sum(2 + n for n in range(1, 6)) + 2
    assert verify_events(database, TenantScope("A"), advance=ignore).exceptions == 5


@pytest.mark.parametrize(
    ("damage", "kinds"),
    [
        ('UPDATE exception_event SET payload = \'{"text": "other"}\' WHERE event_no = 2', [BreakKind.CONTENT]),
        ("UPDATE exception_event SET payload = '[]' WHERE event_no = 1", [BreakKind.CONTENT]),
        ("UPDATE exception_event SET payload = '{\"n\": 1e300}' WHERE event_no = 2", [BreakKind.CONTENT]),
        ("UPDATE exception_event SET actor_id = 'me' WHERE event_no = 3", [BreakKind.CONTENT]),
        ("UPDATE exception_event SET created_at = created_at + '1 s' WHERE event_no = 3", [BreakKind.CONTENT]),
        ("UPDATE exception_event SET leaf = sha256('x') WHERE event_no = 2", [BreakKind.CONTENT, BreakKind.LINK]),
        ("UPDATE exception_event SET hash = sha256('x') WHERE event_no = 2", [BreakKind.LINK, BreakKind.LINK]),
        ("DELETE FROM exception_event WHERE event_no = 2", [BreakKind.GAP, BreakKind.LINK]),
        ("DELETE FROM exception_event WHERE event_no = 1", [BreakKind.GAP, BreakKind.LINK]),
        ("DELETE FROM exception_event WHERE event_no = 4", [BreakKind.HEAD]),
        ("DELETE FROM exception_event", [BreakKind.HEAD]),
        ("UPDATE exception SET last_event_no = 3", [BreakKind.HEAD]),
        ("UPDATE exception SET last_event_hash = sha256('x')", [BreakKind.HEAD]),
        ("UPDATE exception SET amount = 99", [BreakKind.RECORD]),
        ("UPDATE exception SET amount = 10.5", [BreakKind.RECORD]),
        ("UPDATE exception SET raw_payload = '{}'", [BreakKind.RECORD]),
        ("UPDATE exception SET type = 'OTHER'", [BreakKind.RECORD]),
        ("UPDATE exception SET created_at = created_at - '1 s'::interval", [BreakKind.RECORD]),
        ("DELETE FROM exception", [BreakKind.ORPHAN] * 4),
    ],
)
def test_what_a_superuser_did_is_found(
    url: DatabaseUrl, database: Database, store: Callable[..., int], damage: str, kinds: list[BreakKind]
) -> None:
    store(record("A", 1, comments=3), record("B", 1))
    with connect(url) as admin:
        for table in ("exception", "exception_event"):
            admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        where = " AND " if "WHERE" in damage else " WHERE "
        admin.execute(f"{damage}{where}tenant_id = 'A'")
    result = verify_events(database, AllTenants(), advance=ignore)
    assert [found.kind for found in result.breaks] == kinds
    assert result.broken == len(kinds)
    assert {(found.tenant_id, found.exception_id) for found in result.breaks} == {("A", "EX-000001")}


@pytest.mark.parametrize(
    ("table", "column", "kinds"),
    [
        ("exception_event", "payload", [BreakKind.CONTENT]),
        ("exception_event", "actor_id", [BreakKind.CONTENT]),
        ("exception_event", "created_at", [BreakKind.CONTENT]),
        ("exception_event", "leaf", [BreakKind.CONTENT, BreakKind.LINK]),
        ("exception_event", "hash", [BreakKind.LINK, BreakKind.LINK]),
        ("exception", "raw_payload", [BreakKind.RECORD]),
        ("exception", "type", [BreakKind.RECORD]),
        ("exception", "last_event_no", [BreakKind.HEAD]),
        ("exception", "last_event_hash", [BreakKind.HEAD]),
    ],
)
def test_what_a_superuser_made_null_is_found(
    url: DatabaseUrl, database: Database, store: Callable[..., int], table: str, column: str, kinds: list[BreakKind]
) -> None:
    store(record("A", 1, comments=3), record("A", 2))
    only = "AND event_no = 2" if table == "exception_event" else ""
    with connect(url) as admin:
        admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL; ALTER TABLE {table} ALTER {column} DROP NOT NULL")
        admin.execute(f"UPDATE {table} SET {column} = NULL WHERE exception_id = 'EX-000001' {only}")
    result = verify_events(database, AllTenants(), advance=ignore)
    assert [found.kind for found in result.breaks] == kinds
    assert {(found.tenant_id, found.exception_id) for found in result.breaks} == {("A", "EX-000001")}


def test_a_log_that_was_truncated_is_found(url: DatabaseUrl, database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2), record("B", 1))
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER ALL; TRUNCATE exception_event")
    result = verify_events(database, AllTenants(), advance=ignore)
    assert [(found.exception_id, found.kind) for found in result.breaks] == [
        ("EX-000001", BreakKind.HEAD),
        ("EX-000002", BreakKind.HEAD),
        ("EX-000001", BreakKind.HEAD),
    ]


@pytest.mark.parametrize("patience", [0, 10])
def test_documents_too_large_to_travel_with_their_rows_are_verified_too(
    url: DatabaseUrl,
    database: Database,
    store: Callable[..., int],
    patience: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sentinai_cli.models.event_glance.PATIENCE", patience)
    text = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(16_000))
    store(record("A", 1, raw_payload={"text": text}, comments=3), record("A", 2))
    for number in (1, 2):
        append_event(
            database,
            TenantScope("A"),
            "EX-000001",
            event_type=EventType.COMMENT_ADDED,
            payload={"text": text},
            actor_type=ActorType.USER,
            actor_id="ada",
            event_id=None,
            now=EPOCH + timedelta(days=number),
        )
    result = verify_events(database, AllTenants(), advance=ignore)
    assert (result.broken, result.events) == (0, 6 + 2)
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER ALL; ALTER TABLE exception DISABLE TRIGGER ALL")
        admin.execute(
            "UPDATE exception_event SET payload = jsonb_set(payload, '{text}', to_jsonb(payload ->> 'text' || 'x'))"
            " WHERE length(payload::text) > 100000 AND event_no = 6"
        )
        admin.execute(
            "UPDATE exception SET raw_payload = jsonb_set(raw_payload, '{more}', '1') WHERE exception_id = 'EX-000001'"
        )
    result = verify_events(database, AllTenants(), advance=ignore)
    assert [(found.event_no, found.kind) for found in result.breaks] == [
        (6, BreakKind.CONTENT),
        (None, BreakKind.RECORD),
    ]


def relink(url: DatabaseUrl, *, leaves: bool = False) -> None:
    """Make the stored numbers and contents a chain again, as somebody would who knows how hashes are made."""
    with connect(url) as admin:
        rows = admin.execute(
            """
            SELECT tenant_id, exception_id, event_id, event_type, actor_type, actor_id, payload, created_at, event_no,
                   leaf
            FROM exception_event WHERE tenant_id = 'A' ORDER BY event_no
            """
        ).fetchall()
        link = GENESIS
        for *said, event_no, leaf in rows:
            names = ("tenant_id", "exception_id", "event_id", "event_type", "actor_type", "actor_id", "payload")
            fresh = event_leaf(**dict(zip((*names, "created_at"), said, strict=True))) if leaves else leaf
            link = chain_hash(link, event_no, fresh)
            admin.execute(
                "UPDATE exception_event SET leaf = %s, hash = %s WHERE tenant_id = 'A' AND event_no = %s",
                [fresh, link, event_no],
            )


SWAP = """
    UPDATE exception_event AS e SET event_id = o.event_id, payload = o.payload, created_at = o.created_at, leaf = o.leaf
    FROM (SELECT * FROM exception_event WHERE tenant_id = 'A') AS o
    WHERE e.tenant_id = 'A' AND e.event_no + o.event_no = 5 AND e.event_no IN (2, 3)
"""
INSERT = """
    INSERT INTO exception_event (tenant_id, exception_id, event_no, event_id, event_type, actor_type, actor_id, payload,
                                 created_at, leaf, hash)
    SELECT tenant_id, exception_id, {number}, gen_random_uuid(), event_type, actor_type, actor_id, payload, created_at,
           leaf, hash
    FROM exception_event WHERE tenant_id = 'A' AND event_no = 2
"""
MAKE_ROOM = "UPDATE exception_event SET event_no = event_no + 100 WHERE tenant_id = 'A' AND event_no > 2"
CLOSE_UP = "UPDATE exception_event SET event_no = event_no - 99 WHERE tenant_id = 'A' AND event_no > 100"
FORGED = "UPDATE exception_event SET payload = '{\"text\": \"forged\"}' WHERE tenant_id = 'A' AND event_no = 3"
MOVE = "UPDATE exception_event SET exception_id = 'EX-000002' WHERE tenant_id = 'A' AND event_no = 4"


@pytest.mark.parametrize(
    ("statements", "mend", "kinds"),
    [
        (["ALTER TABLE exception_event DROP CONSTRAINT uq_exception_event_event_id", SWAP], None, {BreakKind.LINK}),
        (
            ["ALTER TABLE exception_event DROP CONSTRAINT uq_exception_event_event_id", SWAP],
            "links",
            {BreakKind.HEAD},
        ),
        ([INSERT.format(number=5)], None, {BreakKind.CONTENT, BreakKind.LINK, BreakKind.HEAD}),
        ([MAKE_ROOM, CLOSE_UP, INSERT.format(number=3)], "leaves", {BreakKind.HEAD}),
        ([FORGED], "leaves", {BreakKind.HEAD}),
        ([MOVE], None, {BreakKind.HEAD, BreakKind.GAP, BreakKind.CONTENT, BreakKind.LINK, BreakKind.ORPHAN}),
        (
            ["DELETE FROM exception_event WHERE tenant_id = 'A' AND event_no = 2", MAKE_ROOM.replace("+ 100", "- 1")],
            "links",
            {BreakKind.HEAD},
        ),
    ],
    ids=[
        "swapped",
        "swapped, chained anew",
        "inserted",
        "inserted, hashed anew",
        "forged, hashed anew",
        "moved",
        "cut",
    ],
)
def test_events_that_were_put_in_another_order_or_made_up_are_found(
    url: DatabaseUrl,
    database: Database,
    store: Callable[..., int],
    statements: list[str],
    mend: str | None,
    kinds: set[BreakKind],
) -> None:
    store(record("A", 1, comments=3), record("B", 1))
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER ALL")
        admin.execute("ALTER TABLE exception_event DROP CONSTRAINT fk_exception_event_exception")
        for statement in statements:
            admin.execute(statement)
    if mend:
        relink(url, leaves=mend == "leaves")
    result = verify_events(database, AllTenants(), advance=ignore)
    assert {found.kind for found in result.breaks} <= kinds
    assert result.broken
    assert {found.tenant_id for found in result.breaks} == {"A"}


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_breaks_are_found_whatever_the_number_of_workers(
    url: DatabaseUrl,
    database: Database,
    store: Callable[..., int],
    workers: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sentinai_cli.services.event.RANGE", 3)
    store(*[record("A", number) for number in range(1, 12)], *[record("B", number) for number in range(1, 5)])
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER ALL")
        admin.execute("UPDATE exception_event SET actor_id = 'me' WHERE exception_id IN ('EX-000002', 'EX-000009')")
    done: list[int] = []
    result = verify_events(database, AllTenants(), advance=done.append, workers=workers)
    places = [(found.tenant_id, found.exception_id, found.event_no) for found in result.breaks]
    one, nine = "EX-000002", "EX-000009"
    assert places == [("A", one, 1), ("A", one, 2), ("A", nine, 1), ("A", nine, 2), ("B", one, 1), ("B", one, 2)]
    assert (result.exceptions, result.events, sum(done)) == (15, 30, 15)
