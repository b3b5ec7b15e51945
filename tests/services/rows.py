"""What a database holds, to be compared with what it held before or with what another holds."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql

from sentinai_cli.models.database_url import DatabaseUrl
from tests.conftest import connect

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
_SEEDED = {
    "tenant": ("created_at", "updated_at"),
    "domain_pack_version": ("created_at",),
    "tenant_policy_pack_version": ("created_at",),
    "pack_activation": ("activated_at",),
    "exception": (),
    "exception_event": ("xid",),
    "seed_run": ("created_at", "updated_at"),
}

Rows = dict[str, list[dict[str, object]]]


def everything(url: DatabaseUrl) -> Rows:
    """Every row of every table."""
    with connect(url) as admin:
        tables = [row[0] for row in admin.execute(_TABLES).fetchall()]
    return _rows(url, dict.fromkeys(tables, ()))


def seeded(url: DatabaseUrl) -> Rows:
    """Every row that seeding makes, without what depends on when it ran."""
    return _rows(url, _SEEDED)


@contextmanager
def unchanged(url: DatabaseUrl) -> Iterator[None]:
    """Fail unless every row is after the block what it was before."""
    before = everything(url)
    yield
    assert everything(url) == before


def _rows(url: DatabaseUrl, tables: dict[str, tuple[str, ...]]) -> Rows:
    found: Rows = {}
    with connect(url) as admin:
        for table, ignored in tables.items():
            every = sql.SQL("SELECT to_jsonb(t) - %s::text[] AS row FROM {} AS t ORDER BY to_jsonb(t)::text")
            rows = admin.execute(every.format(sql.Identifier(table)), [list(ignored)]).fetchall()
            found[table] = sorted((row[0] for row in rows), key=str)
    return found
