"""A tenant: a customer, and the isolation boundary."""

import re
from enum import StrEnum

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult
from sentinai_cli.models.tenant_usage import DayEvents

_TENANT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class TenantStatus(StrEnum):
    """Only an active tenant takes anything new; of a purged one nothing is left but its id."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ARCHIVED = "archived"
    PURGED = "purged"


class Tenant(Model):
    """`domain` names the tenant's domain pack line, for example `Finance`."""

    tenant_id: str
    name: str
    status: TenantStatus
    domain: str
    created_at: Moment
    updated_at: Moment


class TenantDetail(Tenant):
    """A tenant with its active pack versions, None before the first activation, and what it holds.

    With `estimated`, `exceptions` and `events` are what the server's statistics say, since there are too many to count
    in passing. `estimated_bytes` is of their rows, without indexes, from a sample. `breached` are the unresolved ones
    past their deadline. `events_by_day` are the last 14 UTC days, the oldest first and today's last.
    """

    domain_version: int | None
    policy_version: int | None
    exceptions: int
    unresolved: int
    breached: int
    events: int
    estimated: bool
    estimated_bytes: int
    seals: int
    sealed_at: Moment | None
    holds: int
    events_by_day: tuple[DayEvents, ...]


class TenantList(ListResult[Tenant]):
    """Tenants by id."""


class TenantCreated(Model):
    """`created` is False when the tenant was there already and nothing changed."""

    created: bool
    tenant: Tenant


class TenantSwitched(Model):
    """`changed` is False when the tenant was in that status already."""

    changed: bool
    before: TenantStatus
    tenant: Tenant


def check_tenant_id(tenant_id: str) -> str:
    """Return the id unchanged, or raise InvalidInput: 1 to 64 of letters, digits, `_`, `.`, `-`, no sign first."""
    if not _TENANT_ID.fullmatch(tenant_id):
        raise InvalidInput(
            "invalid_tenant_id",
            f"{tenant_id[:80]!r} cannot be a tenant id",
            why="1 to 64 letters, digits, '_', '.' or '-', the first a letter or digit",
        )
    return tenant_id
