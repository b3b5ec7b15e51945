"""A stored pack's own test suites."""

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_check import PackTest
from sentinai_cli.models.pack_version import PackKind, PackReference
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs.suites import run_suites
from sentinai_cli.services.pack import find_pack, read_stored
from sentinai_cli.services.tenant import require_tenant


def run_pack_suites(database: Database, reference: PackReference, *, tenant_id: str | None = None) -> PackTest:
    """Run the suites of a domain pack, alone or under the policy pack that is active for a tenant.

    Raises NotFound for no such pack or tenant, InvalidInput for a policy pack, which has no suites.
    """
    if reference.kind is PackKind.POLICY:
        raise InvalidInput(
            "policy_pack_has_no_tests",
            f"{reference} has no test suites",
            why="suites belong to domain packs; they can be run under a tenant's policy pack",
            fix=f"sentinai packs test domain:NAME --tenant {reference.name}",
        )
    scope: TenantScope | AllTenants = TenantScope(tenant_id) if tenant_id else AllTenants()
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        stored = find_pack(work, reference)
        active = work.pack_activations.active(tenant_id) if tenant_id else None
        policy = None
        if active and active.policy_version:
            own = PackReference(kind=PackKind.POLICY, name=active.tenant_id, version=active.policy_version)
            policy = find_pack(work, own)
    suites = run_suites(read_stored(DomainPack, stored), read_stored(PolicyPack, policy) if policy else None)
    return PackTest(
        reference=str(reference.model_copy(update={"version": stored.version})),
        policy_pack=f"policy:{tenant_id}@{policy.version}" if policy else None,
        passed=sum(suite.passed for suite in suites),
        failed=sum(suite.failed for suite in suites),
        suites=suites,
    )
