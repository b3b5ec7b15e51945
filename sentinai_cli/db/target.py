"""From settings to an open target: the one place that makes a Database or the embedded server."""

from collections.abc import Callable

import psycopg

from sentinai_cli.config import Settings
from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.models.database import Environment, Target
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.operation_context import OperationContext


def embedded_server(settings: Settings, say: Callable[[str], None]) -> EmbeddedServer:
    """The embedded server of these settings, which `ensure` starts. `say` hears what takes time or is unusual."""
    return EmbeddedServer(settings.home, os_user=settings.os_user, pg_bin=settings.pg_bin, say=say)


def open_database(settings: Settings, context: OperationContext, say: Callable[[str], None]) -> Database:
    """The configured database, or the embedded one, started when it does not run. Nothing else connects yet."""
    if settings.database_url is None:
        return open_embedded(settings, context, embedded_server(settings, say))
    return _opened(settings, context, settings.database_url, direct_url=settings.direct_url)


def open_embedded(settings: Settings, context: OperationContext, server: EmbeddedServer) -> Database:
    """The embedded database, whatever is configured; starts the server when it does not run."""
    return _opened(settings, context, server.ensure(), private=True)


def _opened(
    settings: Settings,
    context: OperationContext,
    url: DatabaseUrl,
    *,
    direct_url: DatabaseUrl | None = None,
    private: bool = False,
) -> Database:
    return Database(
        url,
        context=context,
        direct_url=direct_url,
        private=private,
        connect_timeout=settings.connect_timeout,
        answer_timeout=settings.answer_timeout,
        pool_size=settings.pool_size,
        max_overflow=settings.max_overflow,
        pool_timeout=settings.pool_timeout,
        echo=settings.echo,
    )


def describe(database: Database, *, profile: str, embedded: bool) -> Target:
    """Where the work goes, asked of the server; says nothing about whether the schema is ours or current."""
    with database.direct() as connection:
        return describe_on(connection, database, profile=profile, embedded=embedded)


def describe_on(connection: psycopg.Connection, database: Database, *, profile: str, embedded: bool) -> Target:
    """The same, asked on a connection that is there."""
    known = connection.execute(
        "SELECT to_regclass('public.alembic_version') IS NOT NULL, to_regclass('public.database_info') IS NOT NULL"
    ).fetchone()
    assert known is not None
    revision = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone() if known[0] else None
    mark = connection.execute("SELECT max(environment) FROM database_info").fetchone() if all(known) else None
    return Target(
        profile=profile,
        database=database.url.shown,
        embedded=embedded,
        server_version=(connection.info.parameter_status("server_version") or "unknown").split()[0],
        revision=revision[0] if revision else None,
        environment=Environment(mark[0]) if mark and mark[0] in set(Environment) else None,
    )
