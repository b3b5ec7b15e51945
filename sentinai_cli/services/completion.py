"""The names of a database that a shell may complete."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import TypeAlias

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import SentinaiError
from sentinai_cli.models.event import EventType
from sentinai_cli.models.exception import ExceptionFilter
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.services.exception import list_exceptions
from sentinai_cli.services.operation import list_operations
from sentinai_cli.services.pack import list_packs
from sentinai_cli.services.playbook import list_playbooks
from sentinai_cli.services.seed_run import list_runs
from sentinai_cli.services.tenant import list_tenants
from sentinai_cli.services.tool import list_tools

Named: TypeAlias = tuple[str, str]
"""A name, and the tenant that it belongs to or an empty text."""

EXCEPTIONS = 200
OPERATIONS = 20
"""How many of the newest are worth completing."""

MOST = 2000
"""Names of one kind; nobody picks from a longer list."""


def live_names(database: Database) -> dict[str, list[Named]]:
    """Names by kind, as far as the database can tell them: what fails is left out. Reads in short transactions."""
    found: dict[str, list[Named]] = {}
    for kind in _ASKED:
        with suppress(SentinaiError):
            found[kind] = names_of(database, kind)
    return found


def names_of(database: Database, kind: str) -> list[Named]:
    """The names of one kind, each once and at most `MOST` of them."""
    return list(islice(dict.fromkeys(_ASKED[kind](database)), MOST))


def _types(database: Database) -> list[str]:
    with database.begin(AllTenants(), read_only=True) as work:
        declared = (pack.pack_json.get("exceptionTypes") for pack in work.domain_packs.list_all())
        return sorted({name for types in declared if isinstance(types, dict) for name in types})


_EVERYBODY = AllTenants()
_ASKED: dict[str, Callable[[Database], Iterable[Named]]] = {
    "tenant": lambda database: ((tenant.tenant_id, "") for tenant in list_tenants(database).items),
    "pack": lambda database: (
        (pack.reference, pack.name if pack.kind == "policy" else "") for pack in list_packs(database, _EVERYBODY).items
    ),
    "type": lambda database: ((name, "") for name in _types(database)),
    "event_type": lambda _: ((kind.value, "") for kind in EventType),
    "domain": lambda database: ((pack.domain, "") for pack in list_packs(database, _EVERYBODY).items),
    "exception": lambda database: (
        (row.exception_id, row.tenant_id)
        for row in list_exceptions(database, _EVERYBODY, ExceptionFilter(), limit=EXCEPTIONS).items
    ),
    "run": lambda database: ((run.identity[:12], run.tenant_id) for run in list_runs(database, _EVERYBODY).items),
    "playbook": lambda database: (
        (playbook.playbook_id, playbook.tenant_id) for playbook in list_playbooks(database, _EVERYBODY).items
    ),
    "tool": lambda database: ((tool.name, tool.tenant_id) for tool in list_tools(database, _EVERYBODY).items),
    "operation": lambda database: (
        (str(operation.operation_id), "") for operation in list_operations(database, limit=OPERATIONS).items
    ),
}
