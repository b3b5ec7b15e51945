"""Which packs decide about records that go into no database: files, those that come with the tool, or active ones."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import NotFound
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_version import PackKind, PackReference
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.packs.reader import read_pack
from sentinai_cli.services.pack import find_pack, read_stored
from sentinai_cli.services.pack_activation import active_packs
from sentinai_cli.services.sample import sample_packs

Pair: TypeAlias = tuple[DomainPack, PolicyPack | None]


class Packs(Protocol):
    """Where packs come from."""

    def of(self, tenant_id: str, domain: str | None) -> Pair:
        """The packs of a tenant; `domain` is what is known of it otherwise. Raises NotFound when nothing says."""


class GivenPacks:
    """Packs of files, and where they say nothing those that come with the tool."""

    def __init__(self, files: Sequence[tuple[str, bytes]] = ()) -> None:
        """Name and content of each. Raises InvalidPack for a file that is no pack."""
        self._domains: dict[str, DomainPack] = {}
        self._policies: dict[str, PolicyPack] = {}
        for name, data in (*sample_packs().values(), *files):  # the later one counts
            pack = read_pack(data, name=name)
            if isinstance(pack, DomainPack):
                self._domains[pack.domain_name] = pack
            else:
                self._policies[pack.tenant_id] = pack

    def of(self, tenant_id: str, domain: str | None) -> Pair:
        """By what is known of the tenant, else by its policy pack."""
        policy = self._policies.get(tenant_id)
        domain = domain or (policy.domain_name if policy else None)
        if domain is None:
            raise NotFound(
                "tenant_not_found", f"the scenario has no tenant {tenant_id}", why="say what it is: --domain"
            )
        if domain not in self._domains:
            raise NotFound(
                "pack_not_found",
                f"no pack that is given or bundled is of the domain {domain}",
                fix="sentinai packs list",
            )
        return self._domains[domain], policy if policy and policy.domain_name == domain else None


class ActivePacks:
    """The packs that are active in a database, which is read and not changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, tenant_id: str, domain: str | None) -> Pair:
        """What is active; `domain` does not matter. Raises NotFound for no such tenant, or none active."""
        active = active_packs(self._database, tenant_id)
        if active is None:
            raise NotFound(
                "pack_not_found", f"no pack is active for {tenant_id}", why="plan without --active, or activate one"
            )
        general = PackReference(kind=PackKind.DOMAIN, name=active.domain, version=active.domain_version)
        own = PackReference(kind=PackKind.POLICY, name=tenant_id, version=active.policy_version)
        with self._database.begin(TenantScope(tenant_id), read_only=True) as work:
            domain_pack = read_stored(DomainPack, find_pack(work, general))
            return domain_pack, read_stored(PolicyPack, find_pack(work, own)) if active.policy_version else None
