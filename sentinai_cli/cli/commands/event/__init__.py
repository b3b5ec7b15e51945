"""`sentinai events`: the append-only log."""

from sentinai_cli.cli.commands.event import append, proof, read, seal, verify
from sentinai_cli.cli.commands.event.group import app

__all__ = ["app", "append", "proof", "read", "seal", "verify"]
