"""`sentinai retention`: what must stay, and what must go."""

from sentinai_cli.cli.commands.retention import hold, journal, plan
from sentinai_cli.cli.commands.retention.group import app

__all__ = ["app", "hold", "journal", "plan"]
