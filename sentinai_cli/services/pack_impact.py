"""Impact: what a pack would change about the exceptions that are stored, before it is activated."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.exception_vector import ExceptionVector, decoded, decoded_id, positions
from sentinai_cli.db.work import Work
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_impact import Decided, ImpactChange, ImpactVerdict, PackImpact, TenantImpact
from sentinai_cli.models.pack_version import PackActivation, PackReference
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.reading import Reading
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tenant import Tenant
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.judgement import Judgement, Outcome
from sentinai_cli.services.pack_history import earlier
from sentinai_cli.services.pack_pair import PackPair, active_pair, candidate_pair, chosen_pair, settled
from sentinai_cli.services.pack_tenant import tenants_concerned
from sentinai_cli.services.tenant import unknown_tenant

SAMPLES = 5
_MOST_REMEMBERED = 32 * 1024 * 1024  # bytes of keys; decisions are taken anew when there are more
_BATCH = 5_000

Advance = Callable[[int], None]


@dataclass(slots=True)
class _Group:
    """Exceptions of one type that are decided alike before and alike after."""

    count: int = 0
    sample_ids: list[bytes] = field(default_factory=list)


_Groups = dict[tuple[str, Outcome, Outcome], _Group]


def pack_impact(
    database: Database,
    scope: TenantScope | AllTenants,
    reference: PackReference,
    *,
    since: datetime | None = None,
    advance: Advance,
) -> PackImpact:
    """What activating `reference` would change about exceptions created at or after `since`, tenant by tenant.

    Both packs decide anew from what is stored; what was decided by hand is not compared. Read only, and of one
    moment. Raises what activating would raise.
    """
    with database.begin(scope, read_only=True) as work:
        concerned = tenants_concerned(work, scope, reference)
        reference = settled(work, reference)
        plan = [(tenant, active, chosen_pair(work, tenant, reference, active)) for tenant, active in concerned]
        return _impact(work, str(reference), plan, since, advance)


def rollback_impact(database: Database, tenant_id: str, *, to: int | None, advance: Advance) -> PackImpact:
    """What going back to an earlier activation would change. Raises what rolling back would raise."""
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        tenant = work.tenants.get(tenant_id)
        if tenant is None:
            raise unknown_tenant(tenant_id)
        chosen = earlier(work, tenant_id, to)
        plan = [(tenant, work.pack_activations.active(tenant_id), active_pair(work, chosen))]
        return _impact(work, f"activation no. {chosen.no} of {tenant_id}", plan, None, advance)


def file_impact(
    work: Work,
    scope: TenantScope | AllTenants,
    reference: PackReference,
    pack: DomainPack | PolicyPack,
    *,
    advance: Advance,
) -> PackImpact:
    """The same for a pack that is not stored; `reference` names it without a version."""
    plan = [
        (tenant, active, candidate_pair(work, tenant, pack, None, active))
        for tenant, active in tenants_concerned(work, scope, reference)
    ]
    return _impact(work, str(reference), plan, None, advance)


def _impact(
    work: Work,
    name: str,
    plan: Iterable[tuple[Tenant, PackActivation | None, PackPair]],
    since: datetime | None,
    advance: Advance,
) -> PackImpact:
    tenants: list[TenantImpact] = []
    changes: list[ImpactChange] = []
    for tenant, active, after in plan:
        before = active_pair(work, active) if active else None
        groups: _Groups = {}
        if before is None or before.same_as == after.same_as:
            found = 0
        else:
            found, groups = _judged(work, tenant.tenant_id, (before, after), since, advance)
        own = _changes(tenant.tenant_id, groups)
        changes += own
        tenants.append(_tenant_impact(tenant.tenant_id, active, found, groups, own))
    return PackImpact(
        items=tuple(changes),
        page=Page.of_all(len(changes)),
        pack=name,
        verdict=_worst(tenant.verdict for tenant in tenants),
        since=since,
        exceptions=sum(tenant.exceptions for tenant in tenants),
        changed=sum(tenant.changed for tenant in tenants),
        tenants=tuple(tenants),
    )


def _judged(
    work: Work, tenant_id: str, pairs: tuple[PackPair, PackPair], since: datetime | None, advance: Advance
) -> tuple[int, _Groups]:
    """How many exceptions there are, and the groups of those that are decided differently."""
    judges = [Judgement(pair.domain_pack, pair.policy_pack) for pair in pairs]
    reading = judges[0].reading | judges[1].reading
    groups: _Groups = {}
    cells_of: dict[bytes, tuple[int, ...]] = {}
    known: dict[bytes, _Group] = {}
    remembered = exceptions = 0
    for row, identity in work.exception_vectors.stream(tenant_id, reading, since=since):
        kind, _, rest = row.partition(b"\t")
        cells = cells_of.get(kind)
        if cells is None:
            cells = cells_of[kind] = _cells(judges, reading, row)
        key = row
        if rest and not cells:
            key = kind
        elif rest:
            split = row.split(b"\t")
            key = b"\t".join([kind, *[split[number] for number in cells]])
        group = known.get(key)
        if group is None:
            group = _group(groups, judges, row, reading)
            remembered += len(key)
            if remembered > _MOST_REMEMBERED:
                known.clear()
                remembered = len(key)
            known[key] = group
        group.count += 1
        if len(group.sample_ids) < SAMPLES:
            group.sample_ids.append(identity)
        exceptions += 1
        if exceptions % _BATCH == 0:
            advance(_BATCH)
    advance(exceptions % _BATCH)
    return exceptions, {kind: group for kind, group in groups.items() if kind[1] != kind[2]}


def _cells(judges: list[Judgement], reading: Reading, row: bytes) -> tuple[int, ...]:
    """Which cells of a row decide about its type; rows that are equal in them are decided alike."""
    kind = decoded(row, reading).type
    if judges[0].says(kind) == judges[1].says(kind):
        return ()  # any row will do: whatever it holds, both judge it alike
    return positions(reading, judges[0].reading_of(kind) | judges[1].reading_of(kind))


def _group(groups: _Groups, judges: list[Judgement], key: bytes, reading: Reading) -> _Group:
    vector = decoded(key, reading)
    facts = facts_of(vector)
    before, after = (judge.judge(facts) for judge in judges)
    return groups.setdefault((vector.type, before, after), _Group())


def facts_of(vector: ExceptionVector) -> Facts:
    """What conditions may ask of a stored exception. What its source called its severity is not stored."""
    return Facts(
        exception_type=vector.type,
        source_system=vector.source_system,
        amount=vector.amount,
        raw_payload=vector.raw_payload,
        context=vector.context,
    )


def _changes(tenant_id: str, groups: _Groups) -> list[ImpactChange]:
    merged: dict[tuple[str, Decided, str | None, str | None, bool], _Group] = {}
    for (kind, before, after), group in groups.items():
        for what, old, new, breaking in _differences(before, after):
            into = merged.setdefault((kind, what, old, new, breaking), _Group())
            into.count += group.count
            into.sample_ids += group.sample_ids
    found = [
        ImpactChange(
            tenant_id=tenant_id,
            type=kind,
            what=what,
            before=old,
            after=new,
            count=group.count,
            breaking=breaking,
            sample_ids=tuple(sorted(decoded_id(identity) for identity in group.sample_ids)[:SAMPLES]),
        )
        for (kind, what, old, new, breaking), group in merged.items()
    ]
    return sorted(found, key=lambda change: (not change.breaking, change.type, change.what, -change.count))


def _differences(before: Outcome, after: Outcome) -> Iterator[tuple[Decided, str | None, str | None, bool]]:
    if before.severity is not after.severity:
        lower = after.severity.rank < before.severity.rank
        yield Decided.SEVERITY, before.severity.value, after.severity.value, lower
    if before.approval_required != after.approval_required:
        words = {True: "required", False: "not required"}
        less = before.approval_required
        yield Decided.APPROVAL, words[before.approval_required], words[after.approval_required], less
    if before.playbook_id != after.playbook_id:
        yield Decided.PLAYBOOK, before.playbook_id, after.playbook_id, after.playbook_id is None
    if before.known != after.known:
        words = {True: "known", False: "unknown"}
        yield Decided.TYPE, words[before.known], words[after.known], before.known


def _tenant_impact(
    tenant_id: str, active: PackActivation | None, exceptions: int, groups: _Groups, changes: list[ImpactChange]
) -> TenantImpact:
    counts = {what: sum(change.count for change in changes if change.what is what) for what in Decided}
    return TenantImpact(
        tenant_id=tenant_id,
        active_no=active.no if active else None,
        exceptions=exceptions,
        changed=sum(group.count for group in groups.values()),
        severity=counts[Decided.SEVERITY],
        approval=counts[Decided.APPROVAL],
        playbook=counts[Decided.PLAYBOOK],
        verdict=_verdict(changes),
    )


def _verdict(changes: list[ImpactChange]) -> ImpactVerdict:
    if not changes:
        return ImpactVerdict.NONE
    return ImpactVerdict.BREAKING if any(change.breaking for change in changes) else ImpactVerdict.COMPATIBLE


def _worst(verdicts: Iterable[ImpactVerdict]) -> ImpactVerdict:
    order = list(ImpactVerdict)
    return max(verdicts, key=order.index, default=ImpactVerdict.NONE)
