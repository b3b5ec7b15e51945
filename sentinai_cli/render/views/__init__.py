"""How each result looks on a terminal. Importing a module here registers its views."""

from sentinai_cli.render.views import (
    backup,
    database,
    demo,
    event,
    exception,
    health,
    migration,
    operation,
    pack,
    pack_change,
    pack_decision,
    playbook,
    seed,
    setting,
    tenant,
    tool,
)
from sentinai_cli.render.views.view import view

__all__ = [
    "backup",
    "database",
    "demo",
    "event",
    "exception",
    "health",
    "migration",
    "operation",
    "pack",
    "pack_change",
    "pack_decision",
    "playbook",
    "seed",
    "setting",
    "tenant",
    "tool",
    "view",
]
