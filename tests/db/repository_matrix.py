"""Every method of every repository, called as tenant A: once about itself, and once about B, who may not exist.

A new method needs an entry here. Each call runs in a transaction of its own, in the scope of A, and is rolled back;
what it returns or raises, and what A's rows are then, must not depend on anybody else (test_isolation_metamorphic).
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from uuid import UUID

from sentinai_cli.db import repositories
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.copy_text import copy_text
from sentinai_cli.db.repositories.exception_vector import ExceptionVectorRepository
from sentinai_cli.db.work import Work
from sentinai_cli.models.database import Environment
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.event_list import EventFilter
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey, Severity, Sort, Status
from sentinai_cli.models.exception_breakdown import By
from sentinai_cli.models.exception_change import Author, ExceptionPatch, revision, steps_of
from sentinai_cli.models.exception_similar import Likened, SimilarKey
from sentinai_cli.models.legal_hold import LegalHold
from sentinai_cli.models.operation import Operation, OperationFilter, Outcome
from sentinai_cli.models.playbook import ActionType, Playbook, PlaybookStep, Step
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.prepared_exception import prepared
from sentinai_cli.models.reading import Reading
from sentinai_cli.models.tenant import TenantStatus
from sentinai_cli.models.tenant_purge import PurgeReceipt
from sentinai_cli.models.tool import ToolDefinition, ToolType
from sentinai_cli.services.event_seal import seal_log
from tests.db.isolation_history import comment, run
from tests.db.records import EPOCH, record
from tests.services.packs import policy_edition, trading_edition
from tests.unit.packs.document import as_bytes

Call = Callable[[Work], object]

CRITICAL = ExceptionFilter(severities=(Severity.CRITICAL, Severity.HIGH), statuses=(Status.OPEN, Status.ANALYZING))
EVERYTHING = ExceptionFilter()
SEARCHED = ExceptionFilter(search="ACC-")
IDS = [f"EX-{number:06d}" for number in range(1, 6)]
LATER = EPOCH + timedelta(days=9)
BY = Author(ActorType.SYSTEM, "ingest", LATER)
PLACES = (None, ExceptionKey(EPOCH + timedelta(minutes=3), "EX-000002", "A", Severity.HIGH, EPOCH))
MIDDLE = ExceptionKey(created_at=EPOCH + timedelta(minutes=3), exception_id="EX-000003", tenant_id="A")


def of_each(ask: Callable[[Work, str], object]) -> tuple[Call, ...]:
    """The same about A and about B."""
    return (lambda work: ask(work, "A"), lambda work: ask(work, "B"))


def of_all(ask: Callable[[Work, str, str], object]) -> tuple[Call, ...]:
    """The same about every exception that either may have."""

    def about(tenant_id: str, exception_id: str) -> Call:
        return lambda work: ask(work, tenant_id, exception_id)

    return tuple(about(tenant_id, exception_id) for tenant_id in ("A", "B") for exception_id in IDS[:3])


def liked(tenant_id: str) -> Likened:
    """Something that every exception is a little like."""
    return Likened(
        tenant_id=tenant_id,
        exception_id="EX-000002",
        type="CASH_BREAK",
        source_system="Ledger",
        entity="ACC-3",
        amount=Decimal(10),
        currency="USD",
        values={"number": (("number",), 3)},
    )


def _policy(tenant_id: str) -> PolicyPack:
    from sentinai_cli.packs.reader import read_pack

    pack = read_pack(as_bytes(policy_edition(7, tenant_id=tenant_id)), name="policy.json")
    assert isinstance(pack, PolicyPack)
    return pack


def _domain(edition: int) -> DomainPack:
    from sentinai_cli.packs.reader import read_pack

    pack = read_pack(as_bytes(trading_edition(edition)), name="pack.json")
    assert isinstance(pack, DomainPack)
    return pack


def _add_policy(work: Work, tenant_id: str) -> object:
    newest = work.policy_packs.get(tenant_id)
    return work.policy_packs.add(_policy(tenant_id), after=newest, domain="Trading", created_by="x", note=None)


def _activate(work: Work, tenant_id: str) -> object:
    return work.pack_activations.add(
        tenant_id,
        after=work.pack_activations.active(tenant_id),
        domain="Trading",
        domain_version=1,
        policy_version=None,
        activated_by="x",
        reason=None,
    )


PLAYBOOK = Playbook(playbook_id="PB-9", exception_types=("CASH_BREAK",), steps=(Step(action="Call"),))
STEP = PlaybookStep(
    step_order=1,
    name="s",
    action_type=ActionType.MANUAL,
    action="Call",
    tool_name=None,
    description=None,
    params={},
)


def _add_playbook(work: Work, tenant_id: str) -> object:
    return work.playbooks.add(tenant_id, PLAYBOOK, origin="domain", origin_version=1, checksum="0" * 64)


def _add_steps(work: Work, tenant_id: str) -> object:
    _add_playbook(work, tenant_id)
    work.playbook_steps.add(tenant_id, "PB-9", 1, [STEP])
    return work.playbook_steps.of_playbook(tenant_id, "PB-9", 1)


def tool(tenant_id: str) -> ToolDefinition:
    return ToolDefinition(
        tenant_id=tenant_id,
        name="openCase",
        type=ToolType.REST,
        config={},
        domain="Trading",
        origin_version=1,
        in_pack=True,
        approved=True,
        enabled=True,
    )


def hold_of(tenant_id: str) -> LegalHold:
    """The hold that history placed on the tenant's first exception."""
    return LegalHold(
        tenant_id=tenant_id,
        hold_id=UUID(int=1),
        exception_id=IDS[0],
        reason="x",
        placed_at=EPOCH,
        placed_by="x",
        released_at=None,
        released_by=None,
        release_reason=None,
    )


def _place_hold(work: Work, tenant_id: str) -> object:
    return work.legal_holds.place(tenant_id, UUID(int=9), exception_id=None, reason="x", by="x")


def _receipt(tenant_id: str) -> PurgeReceipt:
    return PurgeReceipt(tenant_id=tenant_id, operation_id=UUID(int=5), reason=None, tables=(), exports=())


def _entry(tenant_id: str) -> Operation:
    return Operation(
        operation_id=UUID(int=5),
        at=EPOCH,
        command="test",
        arguments={},
        actor="x",
        reason=None,
        tenant_id=tenant_id,
        outcome=Outcome.DONE,
        duration_ms=0,
        before={},
        after={},
        tool_version="0",
    )


def _finish(work: Work, tenant_id: str) -> object:
    work.seeds.finish(run(tenant_id, 1), records=9, digest="1" * 64, at=LATER)
    return work.seeds.get(tenant_id, run(tenant_id, 1).identity)


def _open_events(work: Work, tenant_id: str) -> object:
    work.event_seals.open(tenant_id)
    return work.event_seals.open_events(tenant_id)


def _revise(work: Work, tenant_id: str) -> object:
    values = {"entity": None, "currency": "EUR"}
    there = work.exception_upserts.lock(tenant_id, IDS).values()
    work.exception_upserts.revise([revision(stored, values, steps_of(stored, values), BY) for stored in there])
    return len(there)


def _vectors(work: Work, tenant_id: str) -> object:
    reading = Reading(source_system=True, amount=True, raw_payload=frozenset({"number"}), context=None)
    return sorted(ExceptionVectorRepository(work.connection, work.scope).stream(tenant_id, reading, since=EPOCH))


def _chains(work: Work, *, since_seal: bool, records: bool) -> Iterable[object]:
    for part in work.event_chains.ranges(2):
        read = work.event_chains.records if records else work.event_chains.events
        yield part, [*read(part, since_seal=since_seal)]


def _reopen(work: Work, tenant_id: str) -> object:
    work.seeds.reopen(run(tenant_id, 1))
    found = work.seeds.get(tenant_id, run(tenant_id, 1).identity)
    return None if found is None else (found.state, found.records, found.digest)


MATRIX: dict[str, tuple[Call, ...]] = {
    "CopilotRepository.similar": of_each(
        lambda work, tenant: work.copilot.similar(liked(tenant), until=LATER, after=None, limit=3)
    ),
    "CopilotRepository.sla_imminent": (
        lambda work: [
            work.copilot.sla_imminent(at=EPOCH, within=timedelta(days=1), after=after, limit=2) for after in PLACES
        ],
    ),
    "CopilotRepository.sla_breached": (
        lambda work: [work.copilot.sla_breached(CRITICAL, at=LATER, after=after, limit=2) for after in PLACES],
    ),
    "CopilotRepository.by_entity": (lambda work: work.copilot.by_entity("ACC-2", after=None, limit=9),),
    "CopilotRepository.by_source": (
        lambda work: [work.copilot.by_source("Ledger", after=after, limit=2) for after in PLACES],
    ),
    "CopilotRepository.open_playbook_step": (
        lambda work: [work.copilot.open_playbook_step("PB-1", step, after=None, limit=9) for step in (None, 1)],
    ),
    "CopilotRepository.recent_events": (
        lambda work: work.copilot.recent_events(EventFilter(), since=EPOCH, after=None, limit=9),
    ),
    "DatabaseInfoRepository.environment": (lambda work: work.database_info.environment(),),
    "DatabaseInfoRepository.set_environment": (lambda work: work.database_info.set_environment(Environment.STAGING),),
    "DatabaseInfoRepository.epoch": (lambda work: work.database_info.epoch(),),
    "DatabaseInfoRepository.set_epoch": (lambda work: work.database_info.set_epoch(7),),
    "DomainPackRepository.get": (lambda work: work.domain_packs.get("Trading"),),
    "DomainPackRepository.with_content": (
        lambda work: work.domain_packs.with_content("Trading", _domain(1).checksum()),
    ),
    "DomainPackRepository.list_all": (lambda work: work.domain_packs.list_all(),),
    "DomainPackRepository.add": (
        lambda work: work.domain_packs.add(_domain(9), after=None, created_by="x", note=None),
    ),
    "EventChainRepository.ranges": (lambda work: work.event_chains.ranges(1), lambda work: work.event_chains.ranges(2)),
    "EventChainRepository.records": (
        lambda work: _chains(work, since_seal=False, records=True),
        lambda work: _chains(work, since_seal=True, records=True),
    ),
    "EventChainRepository.events": (
        lambda work: _chains(work, since_seal=False, records=False),
        lambda work: _chains(work, since_seal=True, records=False),
    ),
    "EventChainRepository.export_snapshot": (lambda work: bool(work.event_chains.export_snapshot()),),
    "EventRepository.of_exception": of_all(lambda work, tenant, name: work.events.of_exception(tenant, name)),
    "EventRepository.append_event_if_new": of_all(
        lambda work, tenant, name: work.events.append_event_if_new(tenant, name, comment(2))
    ),
    "EventRepository.event_exists": of_each(lambda work, tenant: work.events.event_exists(tenant, comment(1).event_id)),
    "EventRepository.find": of_each(lambda work, tenant: work.events.find(tenant, comment(2).event_id)),
    "EventRepository.numbered": of_all(lambda work, tenant, name: work.events.numbered(tenant, name, 2)),
    "EventRepository.leaves": of_all(lambda work, tenant, name: work.events.leaves(tenant, name)),
    "EventListRepository.page": (
        lambda work: work.event_lists.page(EventFilter(), after=None, limit=4),
        lambda work: work.event_lists.page(EventFilter(types=("CommentAdded",)), after=None, limit=99),
    ),
    "EventListRepository.walk": (
        lambda work: work.event_lists.walk(EventFilter(types=("CommentAdded",)), after=None, step=3),
    ),
    "EventListRepository.of_exceptions": of_each(
        lambda work, tenant: work.event_lists.of_exceptions(tenant, IDS, [EventType.EXCEPTION_CREATED])
    ),
    "EventListRepository.count": (lambda work: work.event_lists.count(EventFilter()),),
    "EventListRepository.stream": of_each(lambda work, tenant: work.event_lists.stream(tenant, EventFilter())),
    "EventListRepository.edge": (lambda work: work.event_lists.edge().epoch,),
    "EventListRepository.settled": (lambda work: work.event_lists.settled(EventFilter(), since=0, until=2**62),),
    "EventSealRepository.lock": of_each(lambda work, tenant: work.event_seals.lock(tenant)),
    "EventSealRepository.list_all": (lambda work: work.event_seals.list_all(),),
    "EventSealRepository.newest": (lambda work: work.event_seals.newest(),),
    "EventSealRepository.since": of_each(lambda work, tenant: work.event_seals.since(tenant, 1)),
    "EventSealRepository.open": of_each(lambda work, tenant: work.event_seals.open(tenant)),
    "EventSealRepository.open_events": of_each(_open_events),
    "EventSealRepository.add": of_each(lambda work, tenant: seal_log(work, tenant, now=LATER, advance=lambda _: None)),
    "EventSealRepository.entries": of_each(lambda work, tenant: work.event_seals.entries(tenant, 1)),
    "EventSealRepository.entries_of": of_all(lambda work, tenant, name: work.event_seals.entries_of(tenant, name)),
    "EventSealRepository.lost": (lambda work: work.event_seals.lost(),),
    "EventSealRepository.erased": (
        lambda work: work.event_seals.erased(),
        lambda work: work.event_seals.erased("B", IDS[0]),
    ),
    "EventSealRepository.entries_of_erased": (lambda work: work.event_seals.entries_of_erased(),),
    "ExceptionRepository.get": of_all(lambda work, tenant, name: work.exceptions.get(tenant, name)),
    "ExceptionRepository.lock": of_all(lambda work, tenant, name: work.exceptions.lock(tenant, name)),
    "ExceptionRepository.owners_of": (lambda work: [work.exceptions.owners_of(name) for name in IDS],),
    "ExceptionRepository.load": of_each(
        lambda work, tenant: work.exceptions.load(
            "A", [record(tenant, number, domain="Trading", severity=Severity.LOW) for number in range(1, 6)]
        )
    ),
    "ExceptionRepository.page": (
        lambda work: work.exceptions.page(EVERYTHING, after=None, limit=3),
        lambda work: work.exceptions.page(EVERYTHING, after=MIDDLE, limit=99),
        lambda work: work.exceptions.page(CRITICAL, after=None, limit=99),
        lambda work: [work.exceptions.page(EVERYTHING, after=None, limit=4, sort=sort) for sort in Sort],
    ),
    "ExceptionRepository.walk": (
        lambda work: list(work.exceptions.walk(SEARCHED, after=None, step=3)),
        lambda work: list(work.exceptions.walk(SEARCHED, after=MIDDLE, step=2)),
    ),
    "ExceptionRepository.records": (
        lambda work: work.exceptions.records(EVERYTHING, after=None, limit=4),
        lambda work: work.exceptions.records(CRITICAL, after=MIDDLE, limit=99),
    ),
    "ExceptionRepository.worst_unresolved": (lambda work: work.exceptions.worst_unresolved(3),),
    "ExceptionRepository.count": (lambda work: [work.exceptions.count(each) for each in (EVERYTHING, CRITICAL)],),
    "ExceptionRepository.groups": (lambda work: work.exceptions.groups(EVERYTHING),),
    "ExceptionRepository.count_breached": (lambda work: work.exceptions.count_breached(EVERYTHING, LATER),),
    "ExceptionRepository.count_in_playbook": of_each(
        lambda work, tenant: work.exceptions.count_in_playbook(tenant, "PB-1")
    ),
    "ExceptionBreakdownRepository.of": (
        lambda work: [work.exception_breakdowns.of(EVERYTHING, [one], at=LATER, limit=9) for one in By],
        lambda work: work.exception_breakdowns.of(CRITICAL, [By.SEVERITY, By.STATUS], at=LATER, limit=9),
    ),
    "ExceptionSlaRepository.due": (
        lambda work: [
            work.exception_slas.due(EVERYTHING, at=EPOCH + timedelta(hours=hours), hours=9) for hours in (0, 8, 99)
        ],
    ),
    "ExceptionSlaRepository.arrivals": (
        lambda work: work.exception_slas.arrivals(EVERYTHING, since=EPOCH, until=LATER),
    ),
    "ExceptionSlaRepository.resolutions": (
        lambda work: work.exception_slas.resolutions(EVERYTHING, since=EPOCH, until=LATER),
    ),
    "ExceptionSimilarRepository.candidates": of_each(
        lambda work, tenant: work.exception_similars.candidates(liked(tenant), until=LATER, most=9)
    ),
    "ExceptionSimilarRepository.ranked": of_each(
        lambda work, tenant: [
            work.exception_similars.ranked(liked(tenant), IDS, EVERYTHING, after=after, limit=2)
            for after in (None, SimilarKey(50, EPOCH, IDS[2], LATER))
        ]
    ),
    "ExceptionStateRepository.of": of_each(
        lambda work, tenant: work.exception_states.of([(tenant, name) for name in IDS])
    ),
    "ExceptionUpsertRepository.digests": of_each(lambda work, tenant: work.exception_upserts.digests(tenant, IDS)),
    "ExceptionUpsertRepository.lock": of_each(lambda work, tenant: work.exception_upserts.lock(tenant, IDS)),
    "ExceptionUpsertRepository.look": of_each(lambda work, tenant: work.exception_upserts.look(tenant, IDS)),
    "ExceptionUpsertRepository.add": of_each(
        lambda work, tenant: work.exception_upserts.add(
            "A", copy_text("A", [prepared(record(tenant, number, domain="Trading")) for number in range(1, 6)])
        )
    ),
    "ExceptionUpsertRepository.revise": of_each(_revise),
    "ExceptionUpsertRepository.upsert_exception": of_each(
        lambda work, tenant: [
            work.exception_upserts.upsert_exception(record(tenant, number, domain="Trading", source_system="New"), BY)
            for number in range(1, 6)
        ]
    ),
    "ExceptionUpsertRepository.update_exception": of_all(
        lambda work, tenant, name: work.exception_upserts.update_exception(
            tenant, name, ExceptionPatch(entity=None, owner="ada"), BY
        )
    ),
    "ExceptionVectorRepository.stream": of_each(_vectors),
    "LegalHoldRepository.wait_for_erasure": of_each(lambda work, tenant: work.legal_holds.wait_for_erasure(tenant)),
    "LegalHoldRepository.keep_out": of_each(lambda work, tenant: work.legal_holds.keep_out(tenant)),
    "LegalHoldRepository.list_all": (lambda work: work.legal_holds.list_all(released=True),),
    "LegalHoldRepository.get": of_each(lambda work, tenant: work.legal_holds.get(hold_of(tenant).hold_id)),
    "LegalHoldRepository.on_tenant": of_each(lambda work, tenant: work.legal_holds.on_tenant(tenant)),
    "LegalHoldRepository.on_exceptions": of_each(lambda work, tenant: work.legal_holds.on_exceptions(tenant, IDS)),
    "LegalHoldRepository.place": of_each(_place_hold),
    "LegalHoldRepository.release": of_each(
        lambda work, tenant: bool(work.legal_holds.release(hold_of(tenant), reason="x", by="x"))
    ),
    "RetentionRepository.found": of_each(lambda work, tenant: work.retentions.found(tenant, None)),
    "RetentionRepository.average_size": of_each(lambda work, tenant: work.retentions.average_size(tenant, None)),
    "RetentionRepository.due": of_each(lambda work, tenant: work.retentions.due(tenant, LATER, after="", most=9)),
    "RetentionRepository.still": of_each(
        lambda work, tenant: work.retentions.still(tenant, None, [(name, b"x") for name in IDS])
    ),
    "RetentionRepository.exceptions": of_each(lambda work, tenant: work.retentions.exceptions(tenant, IDS)),
    "RetentionRepository.events": of_each(lambda work, tenant: work.retentions.events(tenant, IDS)),
    "ErasureRepository.recorded": of_each(
        lambda work, tenant: work.erasures.recorded(tenant, IDS, operation_id=UUID(int=5))
    ),
    "DatabaseInfoRepository.made_at": (lambda work: work.database_info.made_at(),),
    "OperationRepository.add": of_each(lambda work, tenant: work.operations.add(_entry(tenant))),
    "OperationRepository.get": (lambda work: work.operations.get(UUID(int=5)),),
    "OperationRepository.newest": (lambda work: work.operations.newest(9),),
    "OperationRepository.page": (lambda work: work.operations.page(OperationFilter(), after=None, limit=9),),
    "OperationRepository.count": (lambda work: work.operations.count(OperationFilter(reads=True)),),
    "OperationRepository.lines": (lambda work: work.operations.lines(LATER),),
    "OperationRepository.cut": (
        lambda work: work.operations.cut(LATER, entries=1, sha256="0" * 64, reason=None, by="x"),
    ),
    "PackActivationRepository.active": of_each(lambda work, tenant: work.pack_activations.active(tenant)),
    "PackActivationRepository.get": of_each(lambda work, tenant: work.pack_activations.get(tenant, 1)),
    "PackActivationRepository.history": (
        lambda work: work.pack_activations.history(),
        lambda work: work.pack_activations.history("B", limit=1),
    ),
    "PackActivationRepository.lock": of_each(lambda work, tenant: work.pack_activations.lock(tenant)),
    "PackActivationRepository.list_active": (lambda work: work.pack_activations.list_active(),),
    "PackActivationRepository.add": of_each(_activate),
    "PlaybookRepository.get": of_each(lambda work, tenant: work.playbooks.get(tenant, "PB-1")),
    "PlaybookRepository.list_all": (lambda work: work.playbooks.list_all(active=None),),
    "PlaybookRepository.versions": of_each(lambda work, tenant: work.playbooks.versions(tenant)),
    "PlaybookRepository.add": of_each(_add_playbook),
    "PlaybookRepository.set_active": of_each(lambda work, tenant: work.playbooks.set_active(tenant, [("PB-1", 1)])),
    "PlaybookStepRepository.of_playbook": of_each(
        lambda work, tenant: work.playbook_steps.of_playbook(tenant, "PB-1", 1)
    ),
    "PlaybookStepRepository.add": of_each(_add_steps),
    "PolicyPackRepository.get": of_each(lambda work, tenant: work.policy_packs.get(tenant)),
    "PolicyPackRepository.with_content": of_each(
        lambda work, tenant: work.policy_packs.with_content(tenant, _policy(tenant).checksum())
    ),
    "PolicyPackRepository.list_all": (lambda work: work.policy_packs.list_all(),),
    "PolicyPackRepository.add": of_each(_add_policy),
    "SeedRepository.get": of_each(lambda work, tenant: work.seeds.get(tenant, run(tenant, 1).identity)),
    "SeedRepository.begin": of_each(lambda work, tenant: work.seeds.begin(run(tenant, 1))),
    "SeedRepository.written": of_each(lambda work, tenant: work.seeds.written(tenant, run(tenant, 1).identity)),
    "SeedRepository.finish": of_each(_finish),
    "SeedRepository.list_all": (lambda work: work.seeds.list_all(),),
    "SeedRepository.unresolved": of_each(lambda work, tenant: work.seeds.unresolved(tenant, "EX", 9)),
    "SeedRepository.heads": of_each(lambda work, tenant: work.seeds.heads(tenant, IDS)),
    "SeedRepository.stored": of_each(lambda work, tenant: work.seeds.stored(tenant, IDS)),
    "SeedRepository.prefix_of": of_each(lambda work, tenant: work.seeds.prefix_of(run(tenant, 1))),
    "SeedRepository.reopen": of_each(_reopen),
    "SeedRepository.forget_chunk": of_each(lambda work, tenant: work.seeds.forget_chunk(run(tenant, 1), 1)),
    "SeedRepository.forget": of_each(lambda work, tenant: work.seeds.forget(run(tenant, 1))),
    "ErasureRepository.enter": of_each(lambda work, tenant: work.erasures.enter(tenant)),
    "ErasureRepository.erase": of_each(
        lambda work, tenant: work.erasures.erase(tenant, IDS, reason="x", operation_id=UUID(int=5))
    ),
    "TenantRepository.get": of_each(lambda work, tenant: work.tenants.get(tenant)),
    "TenantRepository.resembling": of_each(lambda work, tenant: work.tenants.resembling(tenant.lower())),
    "TenantRepository.list_all": (lambda work: work.tenants.list_all(),),
    "TenantRepository.add": of_each(lambda work, tenant: work.tenants.add(tenant, name="x", domain="Trading")),
    "TenantRepository.not_active": of_each(lambda work, tenant: work.tenants.not_active([tenant])),
    "TenantRepository.set_status": of_each(
        lambda work, tenant: work.tenants.set_status(tenant, TenantStatus.SUSPENDED)
    ),
    "TenantPurgeRepository.get": of_each(lambda work, tenant: work.tenant_purges.get(tenant)),
    "TenantPurgeRepository.counts": of_each(lambda work, tenant: work.tenant_purges.counts(tenant)),
    "TenantPurgeRepository.lock": of_each(lambda work, tenant: work.tenant_purges.lock(tenant)),
    "TenantPurgeRepository.begin": of_each(
        lambda work, tenant: work.tenant_purges.begin(tenant, UUID(int=5), reason=None, by="x", rows={})
    ),
    "TenantPurgeRepository.open_door": of_each(lambda work, tenant: work.tenant_purges.open_door(tenant)),
    "TenantPurgeRepository.lines": of_each(lambda work, tenant: work.tenant_purges.lines("tool_definition", tenant)),
    "TenantPurgeRepository.delete": of_each(lambda work, tenant: work.tenant_purges.delete("seed_chunk", tenant)),
    "TenantPurgeRepository.erased": of_each(lambda work, tenant: work.tenant_purges.erased(tenant, UUID(int=5))),
    "TenantPurgeRepository.finish": of_each(lambda work, tenant: work.tenant_purges.finish(_receipt(tenant))),
    "TenantUsageRepository.expected": of_each(lambda work, tenant: bool(work.tenant_usages.expected(tenant))),
    "TenantUsageRepository.counted": of_each(lambda work, tenant: work.tenant_usages.counted(tenant)),
    "TenantUsageRepository.held": of_each(lambda work, tenant: work.tenant_usages.held(tenant, LATER)),
    "TenantUsageRepository.events_by_day": of_each(
        lambda work, tenant: work.tenant_usages.events_by_day(tenant, EPOCH)
    ),
    "ToolRepository.get": of_each(lambda work, tenant: work.tools.get(tenant, "openCase")),
    "ToolRepository.list_all": (lambda work: work.tools.list_all(in_pack=None),),
    "ToolRepository.put": of_each(lambda work, tenant: work.tools.put([tool(tenant)])),
    "ToolRepository.retire": of_each(lambda work, tenant: work.tools.retire(tenant, [])),
    "ToolRepository.set_enabled": of_each(
        lambda work, tenant: work.tools.set_enabled(tenant, "openCase", enabled=False)
    ),
}


def methods() -> set[str]:
    """Every public method of every repository, as `Class.method`."""
    modules = [
        import_module(found.name) for found in pkgutil.iter_modules(repositories.__path__, f"{repositories.__name__}.")
    ]
    kinds = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Repository) and kind.__module__ == module.__name__ and kind is not Repository
    }
    return {
        f"{kind.__name__}.{name}"
        for kind in kinds
        for name, _ in inspect.getmembers(kind, callable)
        if not name.startswith("_")
    }
