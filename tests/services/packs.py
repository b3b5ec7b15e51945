"""Pack files that differ from the small ones of the pack tests in one thing each."""

from typing import Any

from sentinai_cli.db.engine import Database
from sentinai_cli.models.pack_version import PackImported
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.tenant import create_tenant
from tests.unit.packs.document import as_bytes, trading, trading_policy

TENANT = "TENANT_A"


def trading_edition(number: int) -> dict[str, Any]:
    """A domain pack that differs from every other edition in its description only."""
    return trading() | {"description": f"Edition {number}."}


def policy_edition(number: int, *, tenant_id: str = TENANT) -> dict[str, Any]:
    """A policy pack that differs from every other edition in its description only."""
    return trading_policy() | {"tenantId": tenant_id, "description": f"Edition {number}."}


def trading_without_cash() -> dict[str, Any]:
    """A domain pack without the type that the policy packs override."""
    pack = trading()
    del pack["exceptionTypes"]["CASH_BREAK"]
    pack["testSuites"] = pack["testSuites"][:1]
    return pack


def put(database: Database, document: dict[str, Any], *, source: str = "pack.json") -> PackImported:
    """Import the document as a file."""
    return import_pack(database, as_bytes(document), source=source)


def traders(database: Database, *tenant_ids: str) -> None:
    """Tenants of the domain Trading, whose pack is stored in its first edition."""
    for tenant_id in tenant_ids:
        create_tenant(database, tenant_id, name=None, domain="Trading")
    put(database, trading_edition(1))
