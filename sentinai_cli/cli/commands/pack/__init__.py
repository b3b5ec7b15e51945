"""`sentinai packs`: versioned rules, previewed before they decide."""

from sentinai_cli.cli.commands.pack import activation, decision, file, impact, version
from sentinai_cli.cli.commands.pack.group import app

__all__ = ["activation", "app", "decision", "file", "impact", "version"]
