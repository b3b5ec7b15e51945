"""`sentinai exceptions`: find, understand and act."""

from sentinai_cli.cli.commands.exception import find, understand, why, act, acting  # isort: skip
from sentinai_cli.cli.commands.exception.group import app

__all__ = ["act", "acting", "app", "find", "understand", "why"]
