"""The PostgreSQL server that comes along: made on first need, kept running between commands, private to its owner."""

import sys

if sys.platform == "win32":
    from sentinai_cli.db.embedded.unsupported import EmbeddedServer
else:
    from sentinai_cli.db.embedded.server import EmbeddedServer

__all__ = ["EmbeddedServer"]
