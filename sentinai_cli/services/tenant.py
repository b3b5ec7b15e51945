"""Tenants: create, list, show."""

from collections.abc import Collection

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import Conflict, InvalidInput, NotFound
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tenant import Tenant, TenantCreated, TenantList, TenantStatus, check_tenant_id

LONGEST_NAME = 200
LONGEST_DOMAIN = 100


def create_tenant(
    database: Database, tenant_id: str, *, name: str | None, domain: str, if_not_exists: bool = False
) -> TenantCreated:
    """Create an active tenant; `name` None is the id.

    Raises InvalidInput, and Conflict when the id is taken, in any letter case. With `if_not_exists` that same tenant
    is no error, as long as the domain, and the name if one is given, are those it has.
    """
    check_tenant_id(tenant_id)
    for what, text, longest in (("name", name, LONGEST_NAME), ("domain", domain, LONGEST_DOMAIN)):
        if text is not None and not (text.strip() and len(text) <= longest):
            raise InvalidInput("invalid_tenant", f"the tenant's {what} is not 1 to {longest} characters long")
    with database.begin(AllTenants()) as work:
        made = work.tenants.add(tenant_id, name=name or tenant_id, domain=domain)
        if made is not None:
            work.record(tenant_id=tenant_id, after={"domain": domain})
            return TenantCreated(created=True, tenant=made)
        taken = work.tenants.resembling(tenant_id)
        assert taken is not None
        if not if_not_exists or not _same(taken, tenant_id, name, domain):
            raise _exists(taken)
        work.record(Outcome.UNCHANGED, tenant_id=tenant_id)
        return TenantCreated(created=False, tenant=taken)


def list_tenants(database: Database, statuses: Collection[TenantStatus] = ()) -> TenantList:
    """The tenants of these statuses, or every one, by id."""
    with database.begin(AllTenants(), read_only=True) as work:
        return TenantList.whole(work.tenants.list_all(statuses))


def tenant_ids(database: Database) -> list[str]:
    """Every tenant's id."""
    return [tenant.tenant_id for tenant in list_tenants(database).items]


def check_tenant(database: Database, scope: TenantScope) -> None:
    """Raise NotFound for a tenant that does not exist."""
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)


def require_tenant(work: Work, scope: TenantScope | AllTenants) -> None:
    """Nothing found must mean that nothing matches, never that the tenant was mistyped. Raises NotFound."""
    if isinstance(scope, TenantScope) and work.tenants.get(scope.tenant_id) is None:
        raise unknown_tenant(scope.tenant_id)


def unknown_tenant(tenant_id: str) -> NotFound:
    """The failure of naming a tenant that does not exist."""
    what = f"there is no tenant {tenant_id}"
    return NotFound("tenant_not_found", what, fix="sentinai tenants list", named=tenant_id)


def _same(taken: Tenant, tenant_id: str, name: str | None, domain: str) -> bool:
    if taken.status is TenantStatus.PURGED:
        return False
    return taken.tenant_id == tenant_id and taken.domain == domain and name in (None, taken.name)


def _exists(taken: Tenant) -> Conflict:
    if taken.status is TenantStatus.PURGED:
        return Conflict(
            "tenant_purged",
            f"a tenant {taken.tenant_id} was purged",
            why="its id stays taken, so that nobody's history is taken for another's",
            fix=f"sentinai tenants show {taken.tenant_id}",
        )
    return Conflict(
        "tenant_exists",
        f"the tenant {taken.tenant_id} exists already",
        why=f"name {taken.name!r}, domain {taken.domain}; nothing was changed",
        fix=f"sentinai tenants show {taken.tenant_id}",
    )
