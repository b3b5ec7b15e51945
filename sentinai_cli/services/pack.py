"""Packs: validate, list, show; what a reference means."""

from typing import TypeVar

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import NotFound
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_check import PackCheck, PackSchema
from sentinai_cli.models.pack_version import (
    DomainPackVersion,
    PackActivation,
    PackDocument,
    PackKind,
    PackReference,
    PackVersion,
    PackVersionList,
    PolicyPackVersion,
)
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs.reader import InvalidPack, read_pack_file
from sentinai_cli.packs.schema import json_schema
from sentinai_cli.packs.secret import masked
from sentinai_cli.packs.suites import run_suites
from sentinai_cli.services.tenant import require_tenant

ReadScope = TenantScope | AllTenants
StoredPack = DomainPackVersion | PolicyPackVersion


def validate_pack(data: bytes, *, name: str) -> PackCheck:
    """Read and check a pack file and run its own test suites; needs no database.

    A policy pack's references into its domain pack are checked when it is imported.
    """
    try:
        pack = read_pack_file(data, name=name).pack
    except InvalidPack as error:
        return PackCheck(
            source=name, valid=False, kind=None, name=None, checksum=None, findings=error.findings, suites=()
        )
    domain = isinstance(pack, DomainPack)
    suites = run_suites(pack) if isinstance(pack, DomainPack) else ()
    return PackCheck(
        source=name,
        valid=not any(suite.failed for suite in suites),
        kind=PackKind.DOMAIN if domain else PackKind.POLICY,
        name=_name(pack),
        checksum=pack.checksum(),
        findings=(),
        suites=suites,
    )


def pack_schema(kind: PackKind) -> PackSchema:
    """The JSON Schema of a kind of pack, in its canonical spelling."""
    return PackSchema(kind=kind, document=json_schema(DomainPack if kind is PackKind.DOMAIN else PolicyPack))


def list_packs(
    database: Database,
    scope: ReadScope,
    *,
    kind: PackKind | None = None,
    domain: str | None = None,
    newest: bool = False,
    active: bool = False,
) -> PackVersionList:
    """The versions that the scope sees, and for which tenants each is active. Raises NotFound for no such tenant.

    `newest` leaves one version of each pack, `active` those that decide for somebody.
    """
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        pairs = work.pack_activations.list_active()
        stored: list[StoredPack] = []
        if kind is not PackKind.POLICY:
            stored += work.domain_packs.list_all(domain=domain, newest=newest)
        if kind is not PackKind.DOMAIN:
            stored += work.policy_packs.list_all(domain=domain, newest=newest)
    listed = [_version(pack, pairs) for pack in stored]
    return PackVersionList.whole(version for version in listed if version.active_for or not active)


def show_pack(database: Database, scope: ReadScope, reference: PackReference) -> PackDocument:
    """One version with its content. Without a version: the active one of the scope's tenant, else the newest.

    Raises NotFound for no such pack or tenant.
    """
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        stored = find_pack(work, reference)
        active = work.pack_activations.list_active()
    content = masked(stored.pack_json)
    assert isinstance(content, dict)
    return PackDocument(**_version(stored, active).model_dump(), pack=content)


def find_pack(work: Work, reference: PackReference) -> StoredPack:
    """The stored pack that a reference means in this scope. Raises NotFound."""
    version = reference.version or _active_version(work, reference)
    stored: StoredPack | None
    if reference.kind is PackKind.DOMAIN:
        stored = work.domain_packs.get(reference.name, version)
    else:
        stored = work.policy_packs.get(reference.name, version)
    if stored is None:
        raise NotFound(
            "pack_not_found", f"there is no pack {reference}", fix="sentinai packs list", named=str(reference)
        )
    return stored


Read = TypeVar("Read", DomainPack, PolicyPack)


def read_stored(kind: type[Read], stored: StoredPack) -> Read:
    """The model of a stored pack, whose document was valid when it was imported."""
    return kind.model_validate_json(canonical_bytes(stored.pack_json))


def _active_version(work: Work, reference: PackReference) -> int | None:
    """The version that is active in a tenant's scope; across tenants different ones may be, so none is."""
    if reference.kind is PackKind.POLICY:
        active = work.pack_activations.active(reference.name)
        return active.policy_version if active else None
    if isinstance(work.scope, TenantScope):
        active = work.pack_activations.active(work.scope.tenant_id)
        return active.domain_version if active and active.domain == reference.name else None
    return None


def _version(stored: StoredPack, active: "list[PackActivation] | tuple[()]") -> PackVersion:
    if isinstance(stored, DomainPackVersion):
        kind, name = PackKind.DOMAIN, stored.domain
        tenants = [a.tenant_id for a in active if (a.domain, a.domain_version) == (name, stored.version)]
    else:
        kind, name = PackKind.POLICY, stored.tenant_id
        tenants = [a.tenant_id for a in active if (a.tenant_id, a.policy_version) == (name, stored.version)]
    return PackVersion(
        reference=str(PackReference(kind=kind, name=name, version=stored.version)),
        kind=kind,
        name=name,
        version=stored.version,
        domain=stored.domain,
        checksum=stored.checksum,
        active_for=tuple(tenants),
        created_at=stored.created_at,
        created_by=stored.created_by,
        note=stored.note,
    )


def _name(pack: DomainPack | PolicyPack) -> str:
    return pack.domain_name if isinstance(pack, DomainPack) else pack.tenant_id
