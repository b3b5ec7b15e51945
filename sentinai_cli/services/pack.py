"""Packs: validate, import, list, show."""

from typing import TypeVar

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.pack_check import PackCheck
from sentinai_cli.models.pack_version import (
    DomainPackVersion,
    PackActivation,
    PackDocument,
    PackImported,
    PackKind,
    PackReference,
    PackVersion,
    PackVersionList,
    PolicyPackVersion,
)
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs.check import check_policy_pack
from sentinai_cli.packs.reader import InvalidPack, PackFile, read_pack_file
from sentinai_cli.packs.secret import masked
from sentinai_cli.packs.suites import run_suites
from sentinai_cli.services.tenant import unknown_tenant

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


def import_pack(
    database: Database, data: bytes, *, source: str, note: str | None = None, tenant_id: str | None = None
) -> PackImported:
    """Store a pack file as the next version; content that equals a stored version changes nothing.

    Raises InvalidPack, CheckFailed when the pack's own suites fail, NotFound for an unknown tenant or domain, and
    InvalidInput when `tenant_id` is given and is not the policy pack's tenant.
    """
    file = read_pack_file(data, name=source)
    if tenant_id is not None and (not isinstance(file.pack, PolicyPack) or file.pack.tenant_id != tenant_id):
        raise InvalidInput("pack_of_another_tenant", f"{source} is not a policy pack of {tenant_id}")
    if isinstance(file.pack, DomainPack):
        return _import_domain_pack(database, file.pack, source, note)
    return _import_policy_pack(database, file, file.pack, note)


def list_packs(database: Database, scope: ReadScope) -> PackVersionList:
    """Every version that the scope sees, and for which tenants each is active. Raises NotFound for no such tenant."""
    with database.begin(scope, read_only=True) as work:
        if isinstance(scope, TenantScope) and work.tenants.get(scope.tenant_id) is None:
            raise unknown_tenant(scope.tenant_id)
        active = work.pack_activations.list_active()
        stored: list[StoredPack] = [*work.domain_packs.list_all(), *work.policy_packs.list_all()]
    return PackVersionList.whole(_version(pack, active) for pack in stored)


def show_pack(database: Database, scope: ReadScope, reference: PackReference) -> PackDocument:
    """One version with its content. Without a version: the active one of the scope's tenant, else the newest.

    Raises NotFound for no such pack or tenant.
    """
    with database.begin(scope, read_only=True) as work:
        if isinstance(scope, TenantScope) and work.tenants.get(scope.tenant_id) is None:
            raise unknown_tenant(scope.tenant_id)
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
        raise NotFound("pack_not_found", f"there is no pack {reference}", fix="sentinai packs list")
    return stored


Read = TypeVar("Read", DomainPack, PolicyPack)


def read_stored(kind: type[Read], stored: StoredPack) -> Read:
    """The model of a stored pack, whose document was valid when it was imported."""
    return kind.model_validate_json(canonical_bytes(stored.pack_json))


def _import_domain_pack(database: Database, pack: DomainPack, source: str, note: str | None) -> PackImported:
    failed = [case for suite in run_suites(pack) for case in suite.cases if not case.passed]
    if failed:
        first = failed[0]
        raise CheckFailed(
            "pack_tests_failed",
            f"{len(failed)} of the pack's own test cases fail",
            why=f"{first.suite_id}/{first.case_id}: expected {first.expected}, got {first.actual}",
            fix=f"sentinai packs validate {source}",
        )
    with database.begin(AllTenants()) as work:
        newest = work.domain_packs.get(pack.domain_name)
        same = work.domain_packs.with_content(pack.domain_name, pack.checksum())
        if same is not None:
            return _imported(work, same, source, new=False)
        stored = work.domain_packs.add(pack, after=newest, created_by=work.context.actor, note=note)
        return _imported(work, stored, source, new=True)


def _import_policy_pack(database: Database, file: PackFile, pack: PolicyPack, note: str | None) -> PackImported:
    with database.begin(TenantScope(pack.tenant_id)) as work:
        tenant = work.tenants.get(pack.tenant_id)
        if tenant is None:
            raise unknown_tenant(pack.tenant_id)
        domain_pack = find_pack(work, PackReference(kind=PackKind.DOMAIN, name=tenant.domain))
        file.refuse(check_policy_pack(pack, read_stored(DomainPack, domain_pack)))
        newest = work.policy_packs.get(pack.tenant_id)
        same = work.policy_packs.with_content(pack.tenant_id, pack.checksum())
        if same is not None:
            return _imported(work, same, file.name, new=False)
        by = work.context.actor
        stored = work.policy_packs.add(pack, after=newest, domain=tenant.domain, created_by=by, note=note)
        return _imported(work, stored, file.name, new=True)


def _imported(work: Work, stored: StoredPack, source: str, *, new: bool) -> PackImported:
    version = _version(stored, ())
    tenant_id = stored.tenant_id if isinstance(stored, PolicyPackVersion) else None
    outcome = Outcome.DONE if new else Outcome.UNCHANGED
    work.record(outcome, tenant_id=tenant_id, after={"pack": version.reference, "checksum": stored.checksum})
    return PackImported(
        imported=new,
        reference=version.reference,
        kind=version.kind,
        version=stored.version,
        checksum=stored.checksum,
        source=source,
    )


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
