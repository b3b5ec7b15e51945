"""`sentinai exceptions`: find, understand and act."""

from sentinai_cli.cli.commands.exception import find, understand, similar, why, act, acting  # isort: skip
from sentinai_cli.cli.commands.exception.group import app

__all__ = ["act", "acting", "app", "find", "similar", "understand", "why"]
