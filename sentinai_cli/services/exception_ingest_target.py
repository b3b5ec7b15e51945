"""The tenant that records go to, and the packs that decide about them; a tenant may be made for them."""

from dataclasses import dataclass

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import Conflict, InvalidInput, NotFound
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception_ingest import IngestRequest
from sentinai_cli.models.pack_version import PackKind, PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tenant import Tenant
from sentinai_cli.services.pack import find_pack, read_stored
from sentinai_cli.services.pack_activation import activate_in
from sentinai_cli.services.pack_pair import PackPair, active_pair
from sentinai_cli.services.tenant_status import require_active


@dataclass(frozen=True, slots=True)
class IngestTarget:
    """`missing` says that the tenant is still to be made, with its domain's newest pack active."""

    tenant_id: str
    domain: str
    pair: PackPair
    missing: bool

    def make(self, work: Work) -> bool:
        """Make the tenant in this transaction, unless somebody did meanwhile; whether it was made."""
        if work.tenants.add(self.tenant_id, name=self.tenant_id, domain=self.domain) is None:
            there = work.tenants.get(self.tenant_id)
            if there is None:
                raise Conflict(
                    "tenant_exists",
                    f"a tenant has the id {self.tenant_id} in another letter case",
                    fix="sentinai tenants list",
                )
            _refuse(there, self.domain)
            return False
        work.record(tenant_id=self.tenant_id, after={"domain": self.domain})
        reference = PackReference(kind=PackKind.DOMAIN, name=self.domain, version=self.pair.domain_version)
        activate_in(work, TenantScope(self.tenant_id), reference)
        return True


def find_target(database: Database, request: IngestRequest) -> IngestTarget:
    """The tenant of a request as it is, or as it is to be made; nothing is made here.

    Raises NotFound for an unknown tenant that is not to be made, for one without active packs and for a domain without
    a pack; InvalidInput for a tenant of another domain, Refused for one that is not active.
    """
    tenant_id = request.tenant_id
    with database.begin(AllTenants(), read_only=True) as work:
        tenant = work.tenants.get(tenant_id)
        if tenant is None:
            if not request.create_tenant or request.domain is None:
                raise NotFound(
                    "tenant_not_found",
                    f"there is no tenant {tenant_id}",
                    why="--create-tenant --domain NAME makes it",
                    fix="sentinai tenants list",
                )
            pack = PackReference(kind=PackKind.DOMAIN, name=request.domain)
            stored = find_pack(work, pack)
            pair = PackPair(read_stored(DomainPack, stored), stored.version, None, None)
            return IngestTarget(tenant_id, request.domain, pair, missing=True)
        _refuse(tenant, request.domain)
        require_active(work, [tenant_id])
        active = work.pack_activations.active(tenant_id)
        if active is None:
            raise NotFound(
                "no_active_packs",
                f"no packs are active for {tenant_id}",
                fix=f"sentinai packs activate domain:{tenant.domain} --tenant {tenant_id}",
            )
        return IngestTarget(tenant_id, tenant.domain, active_pair(work, active), missing=False)


def _refuse(tenant: Tenant, domain: str | None) -> None:
    tenant_id = tenant.tenant_id
    if domain not in (None, tenant.domain):
        raise InvalidInput(
            "another_domain",
            f"the domain of {tenant_id} is {tenant.domain}, not {domain}",
            fix=f"sentinai tenants show {tenant_id}",
        )
