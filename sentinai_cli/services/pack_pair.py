"""The two packs that decide for a tenant together, read from the database."""

from dataclasses import dataclass

from sentinai_cli.db.work import Work
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_version import (
    DomainPackVersion,
    PackActivation,
    PackKind,
    PackReference,
    PolicyPackVersion,
)
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.tenant import Tenant
from sentinai_cli.packs.check import check_policy_pack
from sentinai_cli.services.pack import find_pack, read_stored


@dataclass(frozen=True, slots=True)
class PackPair:
    """A tenant's domain pack and policy pack, with their versions; None as a version: not stored yet."""

    domain_pack: DomainPack
    domain_version: int | None
    policy_pack: PolicyPack | None
    policy_version: int | None

    @property
    def domain_reference(self) -> str:
        """How the domain pack is referred to."""
        return str(PackReference(kind=PackKind.DOMAIN, name=self.domain_pack.domain_name, version=self.domain_version))

    @property
    def policy_reference(self) -> str | None:
        """How the policy pack is referred to."""
        if self.policy_pack is None:
            return None
        return str(PackReference(kind=PackKind.POLICY, name=self.policy_pack.tenant_id, version=self.policy_version))

    @property
    def same_as(self) -> tuple[str, str | None]:
        """Equal for pairs that decide alike."""
        return self.domain_pack.checksum(), self.policy_pack.checksum() if self.policy_pack else None


def active_pair(work: Work, active: PackActivation) -> PackPair:
    """The packs of an activation."""
    domain = PackReference(kind=PackKind.DOMAIN, name=active.domain, version=active.domain_version)
    policy = None
    if active.policy_version is not None:
        stored = find_pack(
            work, PackReference(kind=PackKind.POLICY, name=active.tenant_id, version=active.policy_version)
        )
        policy = read_stored(PolicyPack, stored)
    return PackPair(
        domain_pack=read_stored(DomainPack, find_pack(work, domain)),
        domain_version=active.domain_version,
        policy_pack=policy,
        policy_version=active.policy_version,
    )


def chosen_pair(work: Work, tenant: Tenant, reference: PackReference, active: PackActivation | None) -> PackPair:
    """The pair after activating `reference`: the other half stays as it is. Without a version, the newest.

    Raises InvalidInput for another domain's or tenant's pack, NotFound for no such pack, CheckFailed when the pair
    does not fit together.
    """
    refuse_others(tenant, reference)
    return paired(work, tenant, _newest(work, reference), active)


def settled(work: Work, reference: PackReference) -> PackReference:
    """The reference with a version: its own, else the newest. Raises NotFound."""
    return reference.model_copy(update={"version": _newest(work, reference).version})


def _newest(work: Work, reference: PackReference) -> DomainPackVersion | PolicyPackVersion:
    packs = work.domain_packs if reference.kind is PackKind.DOMAIN else work.policy_packs
    stored = packs.get(reference.name, reference.version)
    if stored is None:
        raise NotFound(
            "pack_not_found", f"there is no pack {reference}", fix="sentinai packs list", named=str(reference)
        )
    return stored


def paired(
    work: Work, tenant: Tenant, stored: DomainPackVersion | PolicyPackVersion, active: PackActivation | None
) -> PackPair:
    """The pair that a stored pack makes with the other half as it is active. Raises NotFound, CheckFailed."""
    if isinstance(stored, DomainPackVersion):
        return candidate_pair(work, tenant, read_stored(DomainPack, stored), stored.version, active)
    return candidate_pair(work, tenant, read_stored(PolicyPack, stored), stored.version, active)


def candidate_pair(
    work: Work, tenant: Tenant, pack: DomainPack | PolicyPack, version: int | None, active: PackActivation | None
) -> PackPair:
    """The pair that a pack makes with the other half as it is active; the pack need not be stored."""
    if isinstance(pack, DomainPack):
        before = active_pair(work, active) if active else None
        pair = PackPair(
            pack, version, before.policy_pack if before else None, before.policy_version if before else None
        )
    else:
        own = PackReference(kind=PackKind.DOMAIN, name=tenant.domain, version=active.domain_version if active else None)
        stored = find_pack(work, own)
        pair = PackPair(read_stored(DomainPack, stored), stored.version, pack, version)
    _refuse_misfit(pair)
    return pair


def refuse_others(tenant: Tenant, reference: PackReference) -> None:
    """Raise InvalidInput for a pack that is not of the tenant's domain, or not the tenant's."""
    own = own_name(tenant, reference.kind)
    if reference.name != own:
        raise InvalidInput(
            "pack_does_not_fit",
            f"{reference} cannot be active for {tenant.tenant_id}",
            why=f"its {reference.kind} packs are {reference.kind}:{own}",
            fix=f"sentinai packs list --tenant {tenant.tenant_id}",
        )


def own_name(tenant: Tenant, kind: PackKind) -> str:
    """What a tenant's packs of a kind are called."""
    return tenant.domain if kind is PackKind.DOMAIN else tenant.tenant_id


def _refuse_misfit(pair: PackPair) -> None:
    if pair.policy_pack is None:
        return
    findings = check_policy_pack(pair.policy_pack, pair.domain_pack)
    if findings:
        raise CheckFailed(
            "packs_do_not_fit",
            f"{pair.policy_reference} does not fit {pair.domain_reference}",
            why="\n".join(finding.sentence for finding in findings),
            fix=f"sentinai packs show policy:{pair.policy_pack.tenant_id}",
        )
