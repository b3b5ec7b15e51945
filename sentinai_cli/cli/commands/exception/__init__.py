"""`sentinai exceptions`: find, understand, act and take in."""

from sentinai_cli.cli.commands.exception import find, understand, similar, sla, why, act, acting, ingest  # isort: skip
from sentinai_cli.cli.commands.exception.group import app

__all__ = ["act", "acting", "app", "find", "ingest", "similar", "sla", "understand", "why"]
