"""Why: the decision of the active packs about one exception, with everything that was tried."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.canonical import parse_json
from sentinai_cli.models.event import EventType
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.pack_why import PackWhy
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.severity_decision import Layer
from sentinai_cli.packs import overlay
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.finding import nearest
from sentinai_cli.packs.pointer import pointer
from sentinai_cli.packs.severity import SeverityPolicy
from sentinai_cli.services.exception import owner_of
from sentinai_cli.services.pack_pair import PackPair, active_pair
from sentinai_cli.services.tenant import unknown_tenant


def read_record(
    exception_type: str, *, source_system: str, amount: str | None, payload: bytes | None, context: bytes | None
) -> Facts:
    """An exception record from what an operator typed. Raises InvalidInput for what is no document or no amount."""
    try:
        money = None if amount is None else Decimal(amount)
    except InvalidOperation:
        raise InvalidInput("invalid_amount", f"{amount!r} is not an amount", why="write it as 1234.50") from None
    if money is not None and not money.is_finite():
        raise InvalidInput("invalid_amount", f"{amount!r} is not an amount", why="write it as 1234.50")
    return Facts(
        exception_type=exception_type,
        source_system=source_system,
        amount=money,
        raw_payload=_object(payload),
        context=_object(context),
    )


def _object(data: bytes | None) -> dict[str, object]:
    document = {} if data is None else parse_json(data)
    if not isinstance(document, dict):
        raise InvalidInput("invalid_payload", "the payload is no JSON object", why="it must be {...}, as it is stored")
    return {**document}


def why_payload(database: Database, tenant_id: str, facts: Facts) -> PackWhy:
    """What a tenant's active packs would decide about an exception that need not be stored.

    Raises NotFound for no such tenant and for one without active packs.
    """
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        return _why(work, tenant_id, facts, None, None)


def why_exception(database: Database, scope: TenantScope | AllTenants, exception_id: str) -> PackWhy:
    """What the active packs of its tenant decide about a stored exception, from its payload.

    Raises NotFound, and InvalidInput when several tenants in scope have an exception of that id.
    """
    with database.begin(scope, read_only=True) as work:
        tenant_id = owner_of(work, scope, exception_id)
        row = work.exceptions.get(tenant_id, exception_id)
        assert row is not None
        facts = Facts(
            exception_type=row["type"],
            source_system=row["source_system"],
            amount=row["amount"],
            raw_payload=row["raw_payload"],
            context=row["normalized_context"],
        )
        return _why(work, tenant_id, facts, exception_id, Severity(row["severity"]))


def _why(work: Work, tenant_id: str, facts: Facts, exception_id: str | None, stored: Severity | None) -> PackWhy:
    if work.tenants.get(tenant_id) is None:
        raise unknown_tenant(tenant_id)
    active = work.pack_activations.active(tenant_id)
    if active is None:
        raise NotFound(
            "no_active_packs",
            f"no packs are active for {tenant_id}",
            fix=f"sentinai packs activate domain:NAME --tenant {tenant_id}",
        )
    pair = active_pair(work, active)
    decided, ruled = SeverityPolicy(pair.domain_pack, pair.policy_pack).explain(facts)
    required, place = overlay.approval(pair.domain_pack, pair.policy_pack, decided.severity)
    playbook = overlay.playbook_for(pair.domain_pack, pair.policy_pack, facts.exception_type)
    custom = pair.policy_pack.custom_playbooks if pair.policy_pack else ()
    playbook_by = None
    if playbook is not None:
        key, listed = ("customPlaybooks", custom) if playbook in custom else ("playbooks", pair.domain_pack.playbooks)
        playbook_by = pointer(key, listed.index(playbook))
    return PackWhy(
        tenant_id=tenant_id,
        exception_id=exception_id,
        type=facts.exception_type,
        domain_pack=pair.domain_reference,
        policy_pack=pair.policy_reference,
        severity=decided.severity,
        layer=decided.layer,
        rule=decided.rule,
        without_override=ruled.severity if decided.layer is Layer.POLICY else None,
        tried=decided.tried,
        approval_required=required,
        approval_by=place or None,
        playbook_id=playbook.playbook_id if playbook else None,
        playbook_by=playbook_by,
        stored_severity=stored,
        notes=(
            *_type_notes(pair, facts.exception_type),
            *_version_notes(work, pair, tenant_id),
            *_stored_notes(work, tenant_id, exception_id, stored, decided.severity),
        ),
    )


def _type_notes(pair: PackPair, kind: str) -> Iterator[str]:
    if kind in pair.domain_pack.exception_types:
        return
    near = nearest(kind, pair.domain_pack.exception_types)
    hint = f"; the nearest is {near}, and types are compared exactly" if near else ""
    yield f"{pair.domain_reference} has no type {kind}{hint}"


def _version_notes(work: Work, pair: PackPair, tenant_id: str) -> Iterator[str]:
    domain = work.domain_packs.get(pair.domain_pack.domain_name)
    policy = work.policy_packs.get(tenant_id)
    for newest, active, name in (
        (domain.version if domain else None, pair.domain_version, f"domain:{pair.domain_pack.domain_name}"),
        (policy.version if policy else None, pair.policy_version, f"policy:{tenant_id}"),
    ):
        if newest is not None and newest != active:
            state = f"@{active} is" if active else "no version of it is"
            yield f"{name}@{newest} is stored, but {state} active"


def _stored_notes(
    work: Work, tenant_id: str, exception_id: str | None, stored: Severity | None, decided: Severity
) -> Iterator[str]:
    if exception_id is None or stored is None or stored is decided:
        return
    kinds = {event.event_type for event in work.events.of_exception(tenant_id, exception_id)}
    by = (
        "it was changed since (SeverityChanged)"
        if EventType.SEVERITY_CHANGED in kinds
        else "it was decided under other packs, and stored exceptions keep what was decided"
    )
    yield f"the stored severity is {stored.value}: {by}"
