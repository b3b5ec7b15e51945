"""From settings to an open Database: the configured URL, or the embedded server, started when it is needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sentinai_cli.config import Settings
from sentinai_cli.db.engine import Database
from sentinai_cli.models.operation import OperationContext


def embedded_server(settings: Settings, *, say: Callable[[str], None]) -> 'EmbeddedServer':
    """The embedded server that these settings mean; nothing is started."""
    from sentinai_cli.db.embedded import EmbeddedServer
    return EmbeddedServer(settings.home, os_user=settings.os_user, pg_bin=settings.pg_bin, say=say)


@contextmanager
def open_database(settings: Settings, context: OperationContext, *, say: Callable[[str], None]) -> Iterator[Database]:
    """The database of these settings. `context` may still change until the first transaction."""
    url = settings.database_url or embedded_server(settings, say=say).ensure()
    database = Database(
        url,
        context=context,
        direct_url=settings.direct_url,
        connect_timeout=settings.connect_timeout,
        pool_size=settings.pool_size,
        max_overflow=settings.max_overflow,
        pool_timeout=settings.pool_timeout,
        echo=settings.echo,
    )
    try:
        yield database
    finally:
        database.close()
