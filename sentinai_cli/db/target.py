"""From settings to an open target: the one place that makes a Database or the embedded server."""

from collections.abc import Callable

from sentinai_cli.config import Settings
from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.operation import OperationContext


def embedded_server(settings: Settings, say: Callable[[str], None]) -> EmbeddedServer:
    """The embedded server of these settings, which `ensure` starts. `say` hears what takes time or is unusual."""
    return EmbeddedServer(settings.home, os_user=settings.os_user, pg_bin=settings.pg_bin, say=say)


def open_database(
    settings: Settings, context: OperationContext, url: DatabaseUrl, direct_url: DatabaseUrl | None
) -> Database:
    """The database at `url`; nothing connects yet."""
    return Database(
        url,
        context=context,
        direct_url=direct_url,
        connect_timeout=settings.connect_timeout,
        pool_size=settings.pool_size,
        max_overflow=settings.max_overflow,
        pool_timeout=settings.pool_timeout,
        echo=settings.echo,
    )
