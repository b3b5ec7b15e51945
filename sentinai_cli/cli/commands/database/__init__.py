"""`sentinai db`: the embedded server, and the life of any database."""

from sentinai_cli.cli.commands.database import backup, environment, reset, server, wait
from sentinai_cli.cli.commands.database.group import app

__all__ = ["app", "backup", "environment", "reset", "server", "wait"]
