"""`sentinai exceptions`: find and understand."""

from sentinai_cli.cli.commands.exception import find, understand, why
from sentinai_cli.cli.commands.exception.group import app

__all__ = ["app", "find", "understand", "why"]
