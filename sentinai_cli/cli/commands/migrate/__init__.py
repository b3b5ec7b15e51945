"""`sentinai migrate`: the schema's revisions; bare it upgrades."""

from sentinai_cli.cli.commands.migrate import upgrade  # isort: skip
from sentinai_cli.cli.commands.migrate import state, plan, down, author  # isort: skip
from sentinai_cli.cli.commands.migrate.group import app

__all__ = ["app", "author", "down", "plan", "state", "upgrade"]
