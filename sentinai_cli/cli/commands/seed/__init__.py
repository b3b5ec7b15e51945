"""`sentinai seed`: seed runs, before, while and after they are written; bare it writes one."""

from sentinai_cli.cli.commands.seed import run  # isort: skip
from sentinai_cli.cli.commands.seed import drip, listing, plan, reset, verify  # isort: skip
from sentinai_cli.cli.commands.seed.group import app

__all__ = ["app", "drip", "listing", "plan", "reset", "run", "verify"]
