"""`sentinai retention`: what must stay, and what must go."""

from sentinai_cli.cli.commands.retention import plan, hold, journal  # isort: skip - the order of the help page
from sentinai_cli.cli.commands.retention.group import app

__all__ = ["app", "hold", "journal", "plan"]
