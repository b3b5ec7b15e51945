"""What must hold after every fault."""

import time
from collections.abc import Callable
from contextlib import closing

from psycopg import sql

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.health import CheckState
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.health import check_isolation
from tests.conftest import connect, context
from tests.faults.client import Client
from tests.services.conftest import ignore

_SESSIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'sentinai%' AND pid <> pg_backend_pid()
"""
_LOCKS = """
    SELECT count(*) FROM pg_locks JOIN pg_database AS known ON known.oid = database
    WHERE locktype = 'advisory' AND datname = current_database()
"""
_DOUBLED = """
    SELECT count(*) FROM (
        SELECT FROM exception GROUP BY tenant_id, exception_id HAVING count(*) > 1
        UNION ALL SELECT FROM exception_event GROUP BY tenant_id, event_id HAVING count(*) > 1
        UNION ALL SELECT FROM exception_event GROUP BY tenant_id, exception_id, event_no HAVING count(*) > 1
    ) AS doubled
"""
_DIGEST = """
    SELECT count(*), md5(string_agg(line, E'\\n' ORDER BY line COLLATE "C"))
    FROM (SELECT (to_jsonb(t) - %s::text[])::text AS line FROM {} AS t) AS lines
"""
_WITHOUT_TIMES = {
    "tenant": ("created_at", "updated_at"),
    "domain_pack_version": ("created_at",),
    "tenant_policy_pack_version": ("created_at",),
    "pack_activation": ("activated_at",),
    "exception": (),
    "exception_event": ("xid",),
    "seed_run": ("created_at", "updated_at"),
}

Digest = dict[str, tuple[object, ...]]


def digest(url: DatabaseUrl) -> Digest:
    """Rows and digest of each table that loads fill, without what depends on when they ran."""
    with connect(url) as admin:
        admin.execute("SET work_mem = '256MB'")  # a disk that was just full has no room for sorting
        return {
            table: admin.execute(sql.SQL(_DIGEST).format(sql.Identifier(table)), [list(ignored)]).fetchone() or ()
            for table, ignored in _WITHOUT_TIMES.items()
        }


def until(happened: Callable[[], object], *, seconds: float = 30.0) -> None:
    """Look again and again, within a bound."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def assert_whole(client: Client, url: DatabaseUrl) -> None:
    """Every chain, head, record and fold is right, tenants are kept apart, nothing is doubled or left behind.

    `url` leads to the database without anything in between.
    """
    assert_nothing_left(client, url)
    with closing(Database(url, context=context(), private=True)) as database:
        verified = verify_events(database, AllTenants(), folded=True, workers=1, advance=ignore)
        assert verified.broken == 0, verified.breaks
        report = check_isolation(database, embedded=True, advance=ignore)
        assert report.state is CheckState.OK, [one for check in report.items for one in check.evidence]
    with connect(url) as admin:
        assert admin.execute(_DOUBLED).fetchone() == (0,)


def assert_nothing_left(client: Client, url: DatabaseUrl) -> None:
    """No process of the client's, no session, no lock, no temporary file."""
    until(lambda: not client.processes())
    with connect(url) as admin:
        until(lambda: admin.execute(_SESSIONS).fetchone() == (0,))
        assert admin.execute(_LOCKS).fetchone() == (0,)
    assert [path.name for path in client.temporary.iterdir()] == []
