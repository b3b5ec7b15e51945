"""Importing packs: a file becomes the next version, and decides if it is told to, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import CheckFailed, InvalidInput
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.pack_impact import PackImpact
from sentinai_cli.models.pack_version import PackActivated, PackImported, PackKind, PackReference
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs.check import check_policy_pack
from sentinai_cli.packs.reader import PackFile, read_pack_file
from sentinai_cli.packs.suites import run_suites
from sentinai_cli.services.pack import StoredPack, find_pack, read_stored
from sentinai_cli.services.pack_activation import activate_in
from sentinai_cli.services.pack_impact import Advance, file_impact
from sentinai_cli.services.tenant import unknown_tenant
from sentinai_cli.services.tenant_status import require_active

Scope = TenantScope | AllTenants
Confirm = Callable[[PackImpact], None]


@dataclass(frozen=True, slots=True)
class Activation:
    """What an import needs to activate what it stores.

    `scope` is asked only for a domain pack; a policy pack is activated for its tenant. `confirm` sees the impact
    before anything is stored and raises to stop.
    """

    scope: Callable[[], Scope]
    confirm: Confirm
    advance: Advance


def import_pack(
    database: Database,
    data: bytes,
    *,
    source: str,
    note: str | None = None,
    tenant_id: str | None = None,
    activation: Activation | None = None,
    allow_failing_tests: bool = False,
    dry_run: bool = False,
) -> PackImported:
    """Store a pack file as the next version; content that equals a stored version changes nothing.

    Raises InvalidPack, CheckFailed when the pack's own suites fail and may not, NotFound for an unknown tenant or
    domain, InvalidInput when `tenant_id` is given for what is neither its policy pack nor activated, or when suites
    may fail and no reason is given. A dry run stores nothing and runs in a read-only transaction.
    """
    file = read_pack_file(data, name=source)
    own = file.pack.tenant_id if isinstance(file.pack, PolicyPack) else None
    if tenant_id is not None and own != tenant_id and (own is not None or activation is None):
        raise InvalidInput("pack_of_another_tenant", f"{source} is not a policy pack of {tenant_id}")
    failing = _failing(database, file, allowed=allow_failing_tests)
    scope = TenantScope(own) if own else AllTenants()
    concerned = None if activation is None else scope if own else activation.scope()
    name = PackReference(kind=PackKind.POLICY if own else PackKind.DOMAIN, name=own or _domain_of(file))
    impact = None
    if activation is not None and concerned is not None:
        with database.begin(scope, read_only=True) as work:
            _check(work, file)
            impact = file_impact(work, concerned, name, file.pack, advance=activation.advance)
        if not dry_run:
            activation.confirm(impact)
    with database.begin(scope, read_only=dry_run) as work:
        domain = _check(work, file)
        stored, new = _stored(work, file, domain, note, dry_run=dry_run)
        reference = name.model_copy(update={"version": stored.version if stored else _next(work, name)})
        activated: tuple[PackActivated, ...] = ()
        if not dry_run:
            _record(work, reference, file, failing, new=new)
            if concerned is not None and impact is not None:
                seen = {tenant.tenant_id: tenant.active_no for tenant in impact.tenants}
                activated = tuple(activate_in(work, concerned, reference, seen=seen))
        assert reference.version is not None
        return PackImported(
            imported=new,
            reference=str(reference),
            kind=reference.kind,
            version=reference.version,
            checksum=file.pack.checksum(),
            source=source,
            dry_run=dry_run,
            failing_tests=failing,
            activated=activated,
            impact=impact,
        )


def _failing(database: Database, file: PackFile, *, allowed: bool) -> int:
    """How many of the pack's own test cases fail; raises CheckFailed unless that is allowed, with a reason."""
    suites = run_suites(file.pack) if isinstance(file.pack, DomainPack) else ()
    failed = [case for suite in suites for case in suite.cases if not case.passed]
    if not failed:
        return 0
    first = failed[0]
    if not allowed:
        raise CheckFailed(
            "pack_tests_failed",
            f"{len(failed)} of the pack's own test cases fail",
            why=f"{first.suite_id}/{first.case_id}: expected {first.expected}, got {first.actual}",
            fix=f"sentinai packs validate {file.name}",
        )
    if not database.context.reason:
        raise InvalidInput(
            "reason_needed",
            f"{len(failed)} of the pack's own test cases fail, and no reason is given",
            why="give --reason with --allow-failing-tests; it is entered in the operator journal",
        )
    return len(failed)


def _check(work: Work, file: PackFile) -> str:
    """The domain of the pack; raises for a policy pack that does not fit its tenant's domain pack."""
    if isinstance(file.pack, DomainPack):
        return file.pack.domain_name
    tenant = work.tenants.get(file.pack.tenant_id)
    if tenant is None:
        raise unknown_tenant(file.pack.tenant_id)
    require_active(work, [file.pack.tenant_id])
    domain_pack = find_pack(work, PackReference(kind=PackKind.DOMAIN, name=tenant.domain))
    file.refuse(check_policy_pack(file.pack, read_stored(DomainPack, domain_pack)))
    return tenant.domain


def _stored(
    work: Work, file: PackFile, domain: str, note: str | None, *, dry_run: bool
) -> tuple[StoredPack | None, bool]:
    """The version with this content, and whether it is new; None for a new one that a dry run does not store."""
    pack, by = file.pack, work.context.actor
    known: StoredPack | None
    if isinstance(pack, DomainPack):
        newest = work.domain_packs.get(pack.domain_name)
        known = work.domain_packs.with_content(pack.domain_name, pack.checksum())
        if known is not None or dry_run:
            return known, known is None
        return work.domain_packs.add(pack, after=newest, created_by=by, note=note), True
    newest_policy = work.policy_packs.get(pack.tenant_id)
    known = work.policy_packs.with_content(pack.tenant_id, pack.checksum())
    if known is not None or dry_run:
        return known, known is None
    return work.policy_packs.add(pack, after=newest_policy, domain=domain, created_by=by, note=note), True


def _next(work: Work, name: PackReference) -> int:
    packs = work.domain_packs if name.kind is PackKind.DOMAIN else work.policy_packs
    newest = packs.get(name.name)
    return newest.version + 1 if newest else 1


def _record(work: Work, reference: PackReference, file: PackFile, failing: int, *, new: bool) -> None:
    after: dict[str, object] = {"pack": str(reference), "checksum": file.pack.checksum()}
    if failing:
        after["failing_tests"] = failing
    tenant_id = reference.name if reference.kind is PackKind.POLICY else None
    work.record(Outcome.DONE if new else Outcome.UNCHANGED, tenant_id=tenant_id, after=after)


def _domain_of(file: PackFile) -> str:
    assert isinstance(file.pack, DomainPack)
    return file.pack.domain_name
