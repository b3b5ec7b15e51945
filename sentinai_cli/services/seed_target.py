"""Making a database fit to be seeded: schema, tenant and active packs, as far as that may be done unasked."""

from collections.abc import Callable

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migration_state import schema_state
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.pack_version import PackActivation, PackKind, PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tenant import Tenant
from sentinai_cli.seeding.scenario import Scenario
from sentinai_cli.services.pack_activation import activate_pack, active_packs
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.sample import sample_packs
from sentinai_cli.services.tenant import create_tenant, unknown_tenant
from sentinai_cli.services.tenant_status import require_active

Say = Callable[[str], None]

_STEPS = 4
"""Tenant, domain pack, policy pack and activation: somebody else can be quicker once with each."""


class SeedTarget:
    """A database about to be seeded. Samples are made only where the database is marked as development."""

    def __init__(self, database: Database, scenario: Scenario, *, embedded: bool, say: Say) -> None:
        self._database = database
        self._scenario = scenario
        self._embedded = embedded
        self._say = say

    def prepare_schema(self) -> Environment:
        """Migrate the embedded database if it needs it; raise CheckFailed `schema_behind` for any other."""
        with self._database.direct() as connection:
            state, _ = schema_state(connection)
        if state is not SchemaState.UP_TO_DATE:
            if not self._embedded:
                raise CheckFailed(
                    "schema_behind",
                    f"the schema of {self._database.url.shown} is {state.value.replace('_', ' ')}",
                    fix="sentinai migrate",
                )
            from sentinai_cli.services.migrate import migrate  # here: a schema that is ready does without Alembic

            result = migrate(self._database, say=self._say, environment=Environment.DEVELOPMENT)
            if result.applied:
                self._say(f"migrated the database to revision {result.after}")
        with self._database.begin(AllTenants(), read_only=True) as work:
            return work.database_info.environment()

    def prepare_tenant(self, tenant_id: str, domain: str | None, environment: Environment) -> PackActivation:
        """The tenant's active packs, after making what is missing; what others make meanwhile is taken.

        Raises NotFound for an unknown tenant that is no sample and has no `domain`, and for a domain without packs;
        InvalidInput when the tenant is of another domain than `domain`.
        """
        for _ in range(_STEPS):
            try:
                return self._prepare_tenant(tenant_id, domain, environment)
            except Conflict as error:
                if error.code != "made_meanwhile":
                    raise
        return self._prepare_tenant(tenant_id, domain, environment)

    def _prepare_tenant(self, tenant_id: str, domain: str | None, environment: Environment) -> PackActivation:
        samples = environment is Environment.DEVELOPMENT
        tenant = self._tenant(tenant_id, domain, samples=samples)
        active = active_packs(self._database, tenant_id)
        if active is not None:
            return active
        if samples:
            self._import_sample(PackKind.DOMAIN, tenant.domain)
            self._import_sample(PackKind.POLICY, tenant_id)
        own = PackReference(kind=PackKind.POLICY, name=tenant_id)
        general = PackReference(kind=PackKind.DOMAIN, name=tenant.domain)
        with self._database.begin(TenantScope(tenant_id), read_only=True) as work:
            chosen = own if work.policy_packs.get(tenant_id) else general
        try:
            made = activate_pack(self._database, tenant_id, chosen).activation
        except NotFound as error:
            raise _no_domain_pack(tenant.domain, tenant_id) from error
        self._say(f"activated {chosen} for {tenant_id}")
        return made

    def _tenant(self, tenant_id: str, domain: str | None, *, samples: bool) -> Tenant:
        with self._database.begin(AllTenants(), read_only=True) as work:
            found = work.tenants.get(tenant_id)
            require_active(work, [tenant_id])
        known = {tenant.tenant_id: tenant for tenant in self._scenario.tenants if samples}.get(tenant_id)
        own = found.domain if found else known.domain if known else domain
        if own is None:
            raise unknown_tenant(tenant_id)
        if domain not in (None, own):
            raise InvalidInput(
                "another_domain",
                f"the domain of {tenant_id} is {own}, not {domain}",
                fix=f"sentinai seed --tenant {tenant_id}",
            )
        if found is not None:
            return found
        self._require_domain_pack(own, tenant_id, samples=samples)
        name = known.name if known else None
        made = create_tenant(self._database, tenant_id, name=name, domain=own, if_not_exists=True)
        if made.created:  # somebody else may have been quicker
            self._say(f"created the tenant {tenant_id}, domain {made.tenant.domain}")
        return made.tenant

    def _require_domain_pack(self, domain: str, tenant_id: str, *, samples: bool) -> None:
        """Ask before the tenant is made, which would otherwise stay behind without anything to decide for it."""
        if samples and (PackKind.DOMAIN, domain) in sample_packs():
            return
        with self._database.begin(AllTenants(), read_only=True) as work:
            if work.domain_packs.get(domain) is None:
                raise _no_domain_pack(domain, tenant_id)

    def _import_sample(self, kind: PackKind, name: str) -> None:
        sample = sample_packs().get((kind, name))
        if sample is not None:
            source, data = sample
            result = import_pack(self._database, data, source=source)
            if result.imported:
                self._say(f"imported {source} as {result.reference}")


def _no_domain_pack(domain: str, tenant_id: str) -> NotFound:
    return NotFound(
        "pack_not_found",
        f"there is no domain pack for {domain}, the domain of {tenant_id}",
        fix="sentinai packs import FILE",
    )
