"""What the command line makes of `--tenant` and `--all-tenants`: a scope, never an optional tenant."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sentinai_cli.errors import InvalidInput

if TYPE_CHECKING:
    from sentinai_cli.models.scope import AllTenants, TenantScope


def choose_scope(
    *,
    tenant: str | None,
    all_tenants: bool,
    configured: Callable[[], tuple[str | None, str]],
    tenants: Callable[[], Sequence[str]] | None,
    note: Callable[[str], None],
) -> "TenantScope | AllTenants":
    """The scope that was asked for, else the configured tenant (and its origin), else all tenants, said aloud.

    A command that changes something passes `tenants`, which lists their ids: then nothing given raises InvalidInput
    `tenant_needed` with that list. A malformed id raises InvalidInput; whether a tenant exists is not asked here.
    """
    from sentinai_cli.models.scope import AllTenants, TenantScope
    from sentinai_cli.models.tenant import check_tenant_id

    if tenant is not None and all_tenants:
        raise InvalidInput("scope_given_twice", "both --tenant and --all-tenants were given", why="give one of them")
    if tenant is not None:
        return TenantScope(check_tenant_id(tenant))
    if all_tenants:
        return AllTenants()
    name, origin = configured()
    if name is not None:
        note(f"tenant {name} (from {origin}); --all-tenants covers every tenant")
        return TenantScope(check_tenant_id(name))
    if tenants is None:
        note("all tenants; --tenant ID narrows it to one")
        return AllTenants()
    known = tenants()
    why = f"give --tenant ID or --all-tenants; tenants: {', '.join(known)}" if known else "there is no tenant yet"
    raise InvalidInput("tenant_needed", "this changes data, so it must be said of which tenant", why=why)
