"""One fixed result of every kind that a command may show, with text in it that a terminal must not act on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sentinai_cli.models.backup import BackupResult, RestoreResult
from sentinai_cli.models.base import Model
from sentinai_cli.models.capability import (
    Capabilities,
    CommandCapability,
    ErrorMeaning,
    ExitMeaning,
    Parameter,
    ResultSchemas,
)
from sentinai_cli.models.completion import CompletionScript, Shell
from sentinai_cli.models.database import (
    DatabaseAddress,
    EmbeddedStatus,
    Environment,
    EnvironmentMark,
    Isolation,
    SchemaState,
    Target,
)
from sentinai_cli.models.demo import Demo
from sentinai_cli.models.event import ActorType, EventAppended, EventType
from sentinai_cli.models.event_anchor import EventAnchored, EventAnchoredList
from sentinai_cli.models.event_check import Break, BreakKind, EventVerification
from sentinai_cli.models.event_list import (
    EventActor,
    EventEnvelope,
    EventEnvelopeList,
    EventList,
    EventListed,
    EventPage,
)
from sentinai_cli.models.event_proof import EventProof, ProofCheck, ProvenEvent
from sentinai_cli.models.event_seal import EventSeal, EventSealed, EventSealedList
from sentinai_cli.models.exception import (
    ExceptionCount,
    ExceptionList,
    ExceptionPage,
    ExceptionStats,
    ExceptionTotal,
    Severity,
    Status,
)
from sentinai_cli.models.exception_act import Act, ActedException, ActKind, ActOutcome, ActPlan, ActResult, ActTarget
from sentinai_cli.models.exception_breakdown import BreakdownRow, By, ExceptionBreakdown
from sentinai_cli.models.exception_ingest import (
    IgnoredField,
    IngestFormat,
    IngestResult,
    Rejection,
    SeverityDifference,
)
from sentinai_cli.models.exception_record import ExceptionRecord, ExceptionRecordList
from sentinai_cli.models.health import CheckState, Evidence, HealthCheck, HealthReport, Measure, Seen
from sentinai_cli.models.health_threshold import DEFAULTS
from sentinai_cli.models.journal_cut import JournalCut
from sentinai_cli.models.legal_hold import LegalHold, LegalHoldList, LegalHoldPlaced, LegalHoldReleased
from sentinai_cli.models.migration import (
    Archive,
    Drift,
    DriftProblem,
    LintFinding,
    MigrationCheck,
    MigrationFile,
    MigrationHistory,
    MigrationLint,
    MigrationResult,
    MigrationReverted,
    MigrationStatus,
    RevisionRecord,
    RevisionState,
)
from sentinai_cli.models.migration_plan import LockMode, MigrationPlan, PlannedLock, PlanStep
from sentinai_cli.models.operation import Operation, OperationList, Outcome
from sentinai_cli.models.pack_check import PackCheck
from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.models.pack_suite import CaseResult, SuiteResult
from sentinai_cli.models.pack_version import (
    PackActivated,
    PackActivatedList,
    PackActivation,
    PackDocument,
    PackImported,
    PackKind,
    PackVersion,
    PackVersionList,
)
from sentinai_cli.models.profile import Profile, ProfileList, ProfileUsed
from sentinai_cli.models.reset import ResetResult
from sentinai_cli.models.result import Page
from sentinai_cli.models.retention import RetentionDone, RetentionItem, RetentionPlan, RetentionRun
from sentinai_cli.models.seed import SeedResult, SeedRunResult, SeedRunState
from sentinai_cli.models.seed_check import SeedCheck, SeedVerification
from sentinai_cli.models.seed_delivery import SeedDelivery, SeedDeliveryList
from sentinai_cli.models.seed_drip import SeedDrip, SeedDripList
from sentinai_cli.models.seed_forecast import SeedForecast, SeedForecastList
from sentinai_cli.models.seed_run import SeedReset, SeedRunList, SeedRunReset, SeedRunSummary
from sentinai_cli.models.seed_scenario import SeedScenario, SeedScenarioList
from sentinai_cli.models.setting import Setting, SettingList
from sentinai_cli.models.status import (
    ActivePack,
    DatabaseStatus,
    Holdings,
    NewestEvent,
    NewestException,
    RecentOperation,
    SealStanding,
    TenantStanding,
)
from sentinai_cli.models.tenant import Tenant, TenantCreated, TenantDetail, TenantList, TenantStatus, TenantSwitched
from sentinai_cli.models.tenant_purge import (
    PurgedTable,
    PurgeExport,
    TableRows,
    TenantPurged,
    TenantPurgePlan,
)
from sentinai_cli.models.tenant_usage import DayEvents
from sentinai_cli.models.wait import WaitResult
from tests.golden.exception_sample import CASH_BREAK, DEMOGRAPHICS, DETAIL, EVENTS, EXCEPTION_SAMPLES, LAPSED
from tests.golden.pack_sample import PACK_SAMPLES

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOSTILE = "Ac\x1b]8;;http://x\x07me\u202e \u200b\\n\n\t[red]Ltd[/red]"

FINANCE = Tenant(
    tenant_id="TENANT_FINANCE_001",
    name="Meridian Capital Markets",
    status=TenantStatus.ACTIVE,
    domain="Finance",
    created_at=AT - timedelta(days=40),
    updated_at=AT - timedelta(hours=5, minutes=12),
)
PURGE_TABLES = (
    PurgedTable(table="exception", rows=1204, sha256="ab" * 32),
    PurgedTable(table="exception_event", rows=9632, sha256="cd" * 32),
    PurgedTable(table="playbook", rows=0, sha256="ef" * 32),
)
PURGED = TenantPurged(
    tenant_id="TENANT_FINANCE_001",
    operation_id=UUID("019e6b1c-3f60-7c9a-8a51-0d6f6f2b9c31"),
    reason=f"left us {HOSTILE}",
    tables=PURGE_TABLES,
    exports=(PurgeExport(directory="exports/TENANT_FINANCE_001.20261120T030000Z.6f2b9c31", manifest_sha256="01" * 32),),
    purged=True,
    file="exports/TENANT_FINANCE_001.purged.json",
    started_at=AT - timedelta(minutes=4),
    finished_at=AT - timedelta(minutes=1),
)
TO_GO = RetentionItem(
    tenant_id="TENANT_FINANCE_001",
    ttl_days=30,
    source="older-than",
    policy_days=90,
    cutoff=AT - timedelta(days=30),
    candidates=1204,
    events=9632,
    held=3,
    oldest=AT - timedelta(days=400),
    newest=AT - timedelta(days=31),
    estimated_bytes=4_812_345,
)
TO_STAY = RetentionItem(
    tenant_id="TENANT_HEALTHCARE_042",
    ttl_days=None,
    source=None,
    policy_days=None,
    cutoff=None,
    candidates=0,
    events=0,
    held=0,
    oldest=None,
    newest=None,
    estimated_bytes=0,
)
GONE = RetentionDone(
    tenant_id="TENANT_FINANCE_001",
    ttl_days=90,
    source="policy:TENANT_FINANCE_001@2",
    export="exports/TENANT_FINANCE_001.20261120T030000Z.6f2b9c11",
    manifest_sha256="ab" * 32,
    resumed=False,
    exported=1201,
    erased=1199,
    events=9590,
    held=1,
    changed=1,
)
HOLD = LegalHold(
    tenant_id="TENANT_FINANCE_001",
    hold_id=UUID("019e6b1c-3f60-7c9a-8a51-0d6f6f2b9c21"),
    exception_id="FIN-0A1B2C3D-000017",
    reason=f"case 4711 {HOSTILE}",
    placed_at=AT - timedelta(days=3),
    placed_by="ada",
    released_at=None,
    released_by=None,
    release_reason=None,
)
RELEASED = HOLD.model_copy(
    update={
        "hold_id": UUID("019e6b1c-3f60-7c9a-8a51-0d6f6f2b9c22"),
        "exception_id": None,
        "released_at": AT - timedelta(minutes=9),
        "released_by": "grace",
        "release_reason": "the case is closed",
    }
)

HEALTHCARE = Tenant(
    tenant_id="TENANT_HEALTHCARE_042",
    name=HOSTILE,
    status=TenantStatus.SUSPENDED,
    domain="Healthcare",
    created_at=AT - timedelta(hours=30),
    updated_at=AT - timedelta(seconds=8),
)

BUSY = TenantDetail(
    **FINANCE.model_dump(),
    domain_version=3,
    policy_version=2,
    exceptions=1_204_000,
    unresolved=31_204,
    breached=17,
    events=4_816_000,
    estimated=True,
    estimated_bytes=5_812_345_678,
    seals=12,
    sealed_at=AT - timedelta(hours=3),
    holds=2,
    events_by_day=tuple(
        DayEvents(day=(AT - timedelta(days=13 - number)).date(), events=number * number * 100) for number in range(14)
    ),
)
QUIET = TenantDetail(
    **HEALTHCARE.model_dump(),
    domain_version=1,
    policy_version=None,
    exceptions=1,
    unresolved=1,
    breached=0,
    events=4,
    estimated=False,
    estimated_bytes=1234,
    seals=0,
    sealed_at=None,
    holds=0,
    events_by_day=tuple(DayEvents(day=(AT - timedelta(days=13 - number)).date(), events=0) for number in range(14)),
)

POLICIES = HealthCheck.of(
    "policies", "Does each have the two policies of the rule, and no other?", Seen("20 policies on 10 tables")
)
TABLES = HealthCheck.of(
    "tables",
    "Is every table a tenant's, or global for a known reason?",
    Seen(
        "10 tenant tables, 5 global ones",
        (
            Evidence(
                state=CheckState.FAIL,
                object="table notes",
                finding="it has no tenant_id and is none of the global tables: nothing keeps tenants apart in it",
                fix="CREATE SCHEMA elsewhere; ALTER TABLE notes SET SCHEMA elsewhere;",
            ),
            Evidence(state=CheckState.FAIL, object=f"table {HOSTILE}", finding=HOSTILE, fix=None),
        ),
    ),
)
LOGINS = HealthCheck.of(
    "logins",
    "Does nobody else see rows without a scope?",
    Seen(
        "7 roles of the server",
        (Evidence(state=CheckState.WARN, object="login ops", finding="it is a superuser", fix="DROP ROLE ops;"),),
    ),
)
BLOCKING = HealthCheck.of(
    "blocking",
    "Does nobody wait long for a lock?",
    Seen(
        "2 sessions wait for a lock",
        (
            Evidence(
                state=CheckState.FAIL,
                object="pid 4711",
                finding="it blocks 2 (psql, login ada, idle in transaction, in a transaction of 12 min)",
                fix="SELECT pg_terminate_backend(4711);",
            ),
            Evidence(state=CheckState.FAIL, object="pid 4712", finding="it has waited 11 min", under="pid 4711"),
            Evidence(state=CheckState.WARN, object="pid 4713", finding=HOSTILE, under="pid 4712"),
        ),
        (Measure(name="blocked_sessions", value=2), Measure(name="longest_lock_wait_seconds", value=660.5)),
    ),
    [DEFAULTS["lock_wait"]],
)
PROBE = HealthCheck.of(
    "probe",
    "Does one tenant, live, reach nothing of another's?",
    Seen(
        "nothing",
        (
            Evidence(
                state=CheckState.UNKNOWN,
                object="check probe",
                finding="the database refused: cannot execute INSERT in a read-only transaction",
            ),
        ),
    ),
)

IMPORT = Operation(
    operation_id=UUID("01933c5e-8a00-7000-8000-0000000000aa"),
    at=AT - timedelta(minutes=12),
    command="packs import",
    arguments={"file": "finance.json", "note": HOSTILE},
    actor="root",
    reason="CHG-1182",
    tenant_id=None,
    outcome=Outcome.DONE,
    duration_ms=1240,
    before={},
    after={"domain": "Finance", "version": 3},
    tool_version="0.1.0",
)
FAILED = IMPORT.model_copy(
    update={
        "operation_id": UUID("01933c5e-8a00-7000-8000-0000000000ab"),
        "command": "seed",
        "arguments": {},
        "reason": None,
        "tenant_id": "TENANT_FINANCE_001",
        "outcome": Outcome.FAILED,
        "duration_ms": 88,
    }
)

TARGET = Target(
    profile="embedded",
    database="postgresql://postgres@/sentinai?host=/var/lib/sentinai/run",
    embedded=True,
    server_version="18.6",
    revision="0003",
    environment=Environment.DEVELOPMENT,
)


def _count(tenant_id: str, type: str, status: Status, severity: Severity, count: int) -> ExceptionCount:
    return ExceptionCount(tenant_id=tenant_id, type=type, status=status, severity=severity, count=count)


VERSION = PackVersion(
    reference="domain:Finance@3",
    kind=PackKind.DOMAIN,
    name="Finance",
    version=3,
    domain="Finance",
    checksum="9a" * 32,
    active_for=("TENANT_FINANCE_001",),
    created_at=AT - timedelta(days=9),
    created_by="root",
    note=HOSTILE,
)
POLICY = VERSION.model_copy(
    update={
        "reference": "policy:TENANT_FINANCE_001@1",
        "kind": PackKind.POLICY,
        "name": "TENANT_FINANCE_001",
        "version": 1,
        "active_for": (),
        "note": None,
    }
)
IMPORTED = PackImported(
    imported=True,
    reference="domain:Finance@3",
    kind=PackKind.DOMAIN,
    version=3,
    checksum="9a" * 32,
    source="finance.sample.json",
)
ACTIVATION = PackActivation(
    tenant_id="TENANT_FINANCE_001",
    no=2,
    domain="Finance",
    domain_version=3,
    policy_version=1,
    activated_at=AT - timedelta(seconds=3),
    activated_by="root",
    reason="CHG-1182",
)
EARLIER = ACTIVATION.model_copy(update={"no": 1, "domain_version": 2, "policy_version": None})
SEEDED = SeedRunResult(
    tenant_id="TENANT_FINANCE_001",
    domain="Finance",
    scenario="default",
    seed=42,
    identity="9c41d07a" * 8,
    prefix="FIN-9C41D07A",
    as_of=AT - timedelta(minutes=1),
    requested=50,
    inserted=50,
    existing=0,
    digest="5b" * 32,
    events=3100,
    by_type={"SETTLEMENT_FAIL": 620, "CASH_BREAK": 380},
    by_severity={"high": 700, "medium": 300},
    by_status={"resolved": 800, "open": 150, "analyzing": 50},
    seconds=0.5,
)
SEED_RUN = SeedRunSummary(
    tenant_id="TENANT_FINANCE_001",
    scenario="default",
    seed=42,
    state=SeedRunState.COMPLETE,
    records=50,
    as_of=AT - timedelta(minutes=1),
    created_at=AT - timedelta(seconds=20),
    updated_at=AT - timedelta(seconds=18),
    identity="9c41d07a" * 8,
    digest="5b" * 32,
)
SEED_FORECAST = SeedForecast(
    tenant_id="TENANT_FINANCE_001",
    domain="Finance",
    prefix="FIN-9C41D07A",
    as_of=AT,
    exceptions=1_000_000,
    events=3_212_400,
    sampled=4000,
    bytes=2_082_000_000,
    seconds=98.4,
    by_type={"CASH_BREAK": 600_000, "SETTLEMENT_FAIL": 400_000},
    by_status={"open": 700_000, "resolved": 300_000},
    by_severity={"critical": 250_000, "high": 750_000},
    by_day={"2026-11-19": 400_000, "2026-11-20": 600_000},
)
SEED_CHECKS = (
    SeedCheck(
        check="the digest is that of the run",
        passed=False,
        checked=1,
        failed=50,
        detail="recomputed from what is stored",
    ),
    SeedCheck(
        check="every record is there",
        passed=False,
        checked=50,
        failed=1,
        detail="by id, from number 1 on",
        rows=("FIN-9C41D07A-000017: it is missing",),
    ),
    SeedCheck(check="times are consistent", passed=True, checked=49, failed=0, detail="none is after as-of"),
)
SEED_VERIFIED = SeedVerification(
    items=SEED_CHECKS,
    page=Page.of_all(3),
    tenant_id="TENANT_FINANCE_001",
    scenario="default",
    seed=42,
    identity="9c41d07a" * 8,
    prefix="FIN-9C41D07A",
    as_of=AT - timedelta(minutes=1),
    records=50,
    moved=3,
    failed=2,
    stored_digest="5b" * 32,
    digest="6c" * 32,
)
SEED_RESET = SeedRunReset(
    tenant_id="TENANT_FINANCE_001",
    scenario="default",
    seed=42,
    identity="9c41d07a" * 8,
    erased=49,
    events=211,
    missing=1,
)
SEED_DRIP = SeedDrip(
    tenant_id="TENANT_FINANCE_001",
    domain="Finance",
    scenario="default",
    seed=42,
    of="FIN-9C41D07A",
    identity="7d" * 32,
    prefix="FIN-7D7D7D7D",
    as_of=AT - timedelta(hours=2),
    until=AT,
    records=1207,
    inserted=60,
    events=412,
    left_alone=3,
    digest="5e" * 32,
)
SEED_DELIVERY = SeedDelivery(
    tenant_id="TENANT_FINANCE_001",
    domain="Finance",
    scenario="default",
    seed=42,
    prefix="FIN-9C41D07A",
    as_of=AT - timedelta(minutes=1),
    requested=50,
    existing=10,
    sent=40,
    missing=1,
    missing_ids=("FIN-9C41D07A-000017",),
)
SEED_SCENARIOS = (
    SeedScenario(name="default", description="An ordinary week.", tenants=2, exceptions=100, days=7, story="full"),
    SeedScenario(
        name="load", description="Any size, for load tests.", tenants=2, exceptions=20000, days=30, story="brief"
    ),
)
EVENT = EventListed(
    event_id=EVENTS[2].event_id,
    tenant_id="TENANT_FINANCE_001",
    exception_id="FIN-9C41D07A-000017",
    event_no=3,
    event_type=EventType.OWNER_CHANGED,
    actor_type=ActorType.USER,
    actor_id="n.osei",
    created_at=EVENTS[2].created_at,
    payload=EVENTS[2].payload,
    hash="2c" * 32,
)
SEAL = EventSeal(
    tenant_id="TENANT_FINANCE_001",
    seal_no=2,
    exceptions=12,
    events=4213,
    root="5e" * 32,
    previous="6f" * 32,
    hash="7a" * 32,
    horizon=90211,
    epoch=1,
    sealed_at=AT - timedelta(hours=5),
    sealed_by="n.osei",
)
PROOF = EventProof(
    tenant_id="TENANT_FINANCE_001",
    exception_id="FIN-9C41D07A-000017",
    event_no=3,
    event=ProvenEvent(
        event_id=EVENTS[2].event_id,
        event_type="OwnerChanged",
        actor_type="user",
        actor_id=HOSTILE,
        payload=EVENTS[2].payload,
        created_at=EVENTS[2].created_at,
    ),
    leaf="1b" * 32,
    previous="1e" * 32,
    following=("3c" * 32,),
    life=1,
    first_event_no=1,
    last_event_no=4,
    index=0,
    path=("4d" * 32,),
    seals=(SEAL, SEAL.model_copy(update={"seal_no": 3, "previous": SEAL.hash, "hash": "8b" * 32})),
)
SUITE = SuiteResult(
    suite_id="cash",
    passed=1,
    failed=1,
    cases=(
        CaseResult(
            suite_id="cash",
            case_id="small",
            passed=True,
            expected={"severity": "high"},
            actual={"severity": "high"},
            why="the type's default",
        ),
        CaseResult(
            suite_id="cash",
            case_id="large",
            passed=False,
            expected={"severity": "critical", "playbookId": "PB_CASH"},
            actual={"severity": "high", "playbookId": "PB_CASH"},
            why="no rule matched, the type's default",
        ),
    ),
)

FULL = DatabaseStatus(
    target=TARGET,
    schema_state=SchemaState.UP_TO_DATE,
    head_revision="0003",
    isolation=Isolation.ENFORCED,
    holdings=Holdings(
        tenant_count=50,
        counted_to=4_000,
        tenants=tuple(
            TenantStanding(
                tenant_id=f"TENANT_FINANCE_{number:03}",
                status="active",
                exceptions={"open": 900 - number, "analyzing": 112, "escalated": 2, "resolved": 4_000},
                breached=70 - number,
                newest=AT - timedelta(minutes=number),
            )
            for number in range(5)
        ),
        newest_exception=NewestException(
            tenant_id="TENANT_FINANCE_000",
            exception_id="FIN-9C41D07A-000017",
            type="SETTLEMENT_FAIL",
            severity="critical",
            status="open",
            created_at=AT - timedelta(minutes=5),
        ),
        newest_event=NewestEvent(
            tenant_id="TENANT_FINANCE_000",
            exception_id="FIN-9C41D07A-000017",
            event_type="ExceptionNormalized",
            actor_id="triage-agent",
            created_at=AT - timedelta(seconds=40),
        ),
        seals=SealStanding(newest=AT - timedelta(days=3), waiting=50),
        packs=tuple(ActivePack(pack=f"domain:Finance@{number}", tenants=9 - number) for number in range(5)),
        operations=tuple(
            RecentOperation(
                at=AT - timedelta(minutes=9),
                command="exceptions resolve",
                actor="ada",
                tenant_id="TENANT_FINANCE_001",
                outcome="done",
            )
            for _ in range(3)
        ),
    ),
    unread=None,
    next_command="sentinai exceptions list --breached --sort deadline",
)
BEHIND = MigrationStatus(
    state=SchemaState.BEHIND,
    revision="0004",
    head="0005",
    pending=("0005",),
    detail="1 revision to go, up to 0005",
    next_command="sentinai migrate",
)
EDITED_REVISION = RevisionRecord(
    revision="0004",
    title="Seed runs and the ledger of the chunks that each has written",
    state=RevisionState.EDITED,
    applied_at=AT - timedelta(days=12),
    tool_version="0.1.0",
    checksum="c5" * 32,
    applied_checksum="0a" * 32,
)

RESTORED = RestoreResult(
    database="sentinai",
    revision="0005",
    environment=Environment.PRODUCTION,
    epoch=4,
    tables=15,
    rows=1_370_000,
    digest="4b6c" * 16,
    drift=0,
    events=1_240_000,
    events_broken=0,
    kept_as="sentinai_before_20261120t030000z",
)

INGESTED = IngestResult(
    tenant_id="TENANT_FINANCE_001",
    source=f"breaks{HOSTILE}.jsonl",
    format=IngestFormat.JSONL,
    dry_run=False,
    tenant_created=False,
    read=12_345,
    created=12_000,
    updated=300,
    unchanged=20,
    rejected=25,
    severity_differs=1,
    rejects_file="breaks.jsonl.rejects.jsonl",
    input_sha256="a" * 64,
    rejections=(
        Rejection(
            line=7,
            exception_id="FIN-1A2B3C4D-000007",
            code="unknown_type",
            pointer="/exceptionType",
            reason="domain:Finance@1 has no type 'CASH_BRAKE'; the nearest is CASH_BREAK",
        ),
        Rejection(line=12_001, exception_id=None, code="invalid_json", pointer="", reason=HOSTILE),
    ),
    severity_differences=(
        SeverityDifference(line=9, exception_id="FIN-1A2B3C4D-000009", given=Severity.LOW, decided=Severity.CRITICAL),
    ),
    ignored=(IgnoredField(name="owner", records=3),),
)
SAMPLES: dict[str, Model] = {
    **PACK_SAMPLES,
    **EXCEPTION_SAMPLES,
    "tenant": FINANCE,
    "tenant_list": TenantList.whole([FINANCE, HEALTHCARE]),
    "tenant_list_empty": TenantList.whole([]),
    "retention_plan": RetentionPlan.whole([TO_GO, TO_STAY]),
    "retention_plan_empty": RetentionPlan.whole([]),
    "retention_run": RetentionRun.whole([GONE, GONE.model_copy(update={"resumed": True, "held": 0, "changed": 0})]),
    "retention_run_empty": RetentionRun.whole([]),
    "journal_cut": JournalCut(
        until=AT - timedelta(days=730), entries=4711, export="exports/journal.20261120T030000Z", sha256="ab" * 32
    ),
    "journal_cut_nothing": JournalCut(until=AT - timedelta(days=730), entries=0, export=None, sha256=None),
    "legal_hold_list": LegalHoldList.whole([HOLD, RELEASED]),
    "legal_hold_placed": LegalHoldPlaced(placed=True, hold=HOLD),
    "legal_hold_placed_before": LegalHoldPlaced(placed=False, hold=HOLD),
    "legal_hold_released": LegalHoldReleased(released=True, hold=RELEASED),
    "tenant_purge_plan": TenantPurgePlan(
        tenant_id="TENANT_FINANCE_001",
        name=HOSTILE,
        tables=tuple(TableRows(table=table.table, rows=table.rows) for table in PURGE_TABLES),
        holds=1,
    ),
    "tenant_purged": PURGED,
    "tenant_purged_before": PURGED.model_copy(update={"purged": False, "exports": (), "reason": None}),
    "tenant_switched": TenantSwitched(changed=True, before=TenantStatus.ACTIVE, tenant=HEALTHCARE),
    "tenant_switched_before": TenantSwitched(changed=False, before=TenantStatus.SUSPENDED, tenant=HEALTHCARE),
    "tenant_created": TenantCreated(created=True, tenant=FINANCE),
    "tenant_exists": TenantCreated(created=False, tenant=FINANCE),
    "tenant_detail": BUSY,
    "tenant_detail_quiet": QUIET,
    "pack_version_list": PackVersionList.whole([VERSION, POLICY]),
    "pack_version_list_empty": PackVersionList.whole([]),
    "pack_document": PackDocument(**VERSION.model_dump(), pack={"domainName": "Finance", "entities": {}}),
    "pack_imported": IMPORTED,
    "pack_known": IMPORTED.model_copy(update={"imported": False}),
    "pack_activation": ACTIVATION,
    "pack_activated": PackActivated(changed=True, activation=ACTIVATION, previous=EARLIER),
    "pack_activated_already": PackActivated(changed=False, activation=EARLIER, previous=EARLIER),
    "pack_activated_list": PackActivatedList.whole(
        [PackActivated(changed=True, activation=ACTIVATION, previous=EARLIER)]
    ),
    "pack_activated_list_empty": PackActivatedList.whole([]),
    "pack_check": PackCheck(
        source=HOSTILE,
        valid=False,
        kind=PackKind.DOMAIN,
        name="Finance",
        checksum="9a" * 32,
        findings=(
            Finding(
                pointer="/exceptionTypes/CASH_BREAK/sevrityRules",
                line=14,
                problem="unknown key",
                suggestion="severityRules",
            ),
            Finding(pointer="/playbooks/0/exceptionType", problem="no such type", expected="one of CASH_BREAK"),
        ),
        suites=(SUITE,),
    ),
    "pack_check_unreadable": PackCheck(
        source="notes.txt",
        valid=False,
        kind=None,
        name=None,
        checksum=None,
        findings=(Finding(pointer="", line=1, problem="not JSON"),),
        suites=(),
    ),
    "event_appended": EventAppended(
        appended=True, tenant_id="TENANT_FINANCE_001", exception_id="FIN-9C41D07A-000017", event=EVENTS[-1]
    ),
    "event_appended_already": EventAppended(
        appended=False,
        tenant_id="TENANT_FINANCE_001",
        exception_id="FIN-9C41D07A-000017",
        event=EVENTS[-1].model_copy(
            update={"event_type": EventType.COMMENT_ADDED, "actor_id": HOSTILE, "payload": {"text": HOSTILE}}
        ),
    ),
    "event_sealed_list": EventSealedList.whole(
        [
            EventSealed(tenant_id="TENANT_FINANCE_001", sealed=True, waiting=3, seal=SEAL),
            EventSealed(tenant_id="TENANT_HEALTHCARE_042", sealed=False, waiting=0, seal=None),
        ]
    ),
    "event_sealed_list_empty": EventSealedList.whole([]),
    "event_anchored_list": EventAnchoredList.whole(
        [
            EventAnchored(
                tenant_id=SEAL.tenant_id,
                seal_no=2,
                hash=SEAL.hash,
                epoch=1,
                sealed_at=SEAL.sealed_at,
                anchored_at=AT,
                written=True,
            )
        ]
    ),
    "event_proof": PROOF,
    "event_proof_erased": PROOF.model_copy(update={"event": None, "seals": (SEAL,)}),
    "proof_check": ProofCheck(
        valid=True,
        tenant_id=PROOF.tenant_id,
        exception_id=PROOF.exception_id,
        event_no=3,
        seal_no=2,
        sealed_at=SEAL.sealed_at,
        anchored_at=AT,
        faults=(),
    ),
    "proof_check_broken": ProofCheck(
        valid=False,
        tenant_id=PROOF.tenant_id,
        exception_id=HOSTILE,
        event_no=3,
        seal_no=2,
        sealed_at=SEAL.sealed_at,
        anchored_at=None,
        faults=("the path does not lead to the root of the seal",),
    ),
    "backup_result": BackupResult(
        file="/backups/monday.dump",
        manifest="/backups/monday.dump.manifest.json",
        bytes=48_234_496,
        tables=15,
        rows=1_370_000,
        digest="4b6c" * 16,
        revision="0005",
        server_version="18.6",
    ),
    "restore_result": RESTORED,
    "restore_result_broken": RESTORED.model_copy(update={"drift": 2, "events_broken": 3, "kept_as": None}),
    "restore_result_unverified": RESTORED.model_copy(update={"events": None, "events_broken": None}),
    "reset_result": ResetResult(before="0005", after="0006", tables_dropped=15, environment=Environment.STAGING),
    "reset_result_empty": ResetResult(before=None, after="0006", tables_dropped=0, environment=Environment.DEVELOPMENT),
    "wait_result": WaitResult(
        database="postgresql://ops@db.example:5432/sentinai", server_version="18.6", waited_seconds=1.25
    ),
    "event_list": EventList(
        items=(EVENT, EVENT.model_copy(update={"event_no": 2, "actor_id": HOSTILE, "event_type": HOSTILE})),
        page=EventPage(limit=2, has_more=True, next="b3BhcXVl", total=None, scanned=100_000),
    ),
    "event_list_empty": EventList.whole([]),
    "event_envelope_list": EventEnvelopeList.whole(
        [
            EventEnvelope(
                event_id=EVENT.event_id,
                event_type="OwnerChanged",
                tenant_id=EVENT.tenant_id,
                exception_id=EVENT.exception_id,
                event_no=3,
                actor=EventActor(type=ActorType.USER, id=HOSTILE),
                payload=EVENT.payload,
                timestamp=EVENT.created_at,
                leaf="1b" * 32,
                hash="2c" * 32,
            )
        ]
    ),
    "event_verification": EventVerification(tenants=2, exceptions=100, events=431, broken=0, breaks=()),
    "event_verification_broken": EventVerification(
        tenants=2,
        exceptions=100,
        events=431,
        broken=3,
        breaks=(
            Break(
                tenant_id="TENANT_FINANCE_001",
                exception_id="FIN-9C41D07A-000017",
                event_no=2,
                kind=BreakKind.CONTENT,
                detail="the stored leaf is not the hash of the event",
            ),
            Break(
                tenant_id="TENANT_FINANCE_001",
                exception_id="FIN-9C41D07A-000018",
                event_no=None,
                kind=BreakKind.HEAD,
                detail=HOSTILE,
            ),
        ),
    ),
    "seed_run_result": SEEDED,
    "seed_result": SeedResult.whole(
        [SEEDED, SEEDED.model_copy(update={"tenant_id": "TENANT_HEALTHCARE_042", "inserted": 0, "existing": 50})]
    ),
    "seed_result_empty": SeedResult.whole([]),
    "seed_run": SEED_RUN,
    "seed_run_list": SeedRunList.whole(
        [SEED_RUN, SEED_RUN.model_copy(update={"state": SeedRunState.RUNNING, "records": 0, "digest": None, "seed": 7})]
    ),
    "seed_run_list_empty": SeedRunList.whole([]),
    "seed_forecast": SEED_FORECAST,
    "seed_forecast_list": SeedForecastList.whole(
        [SEED_FORECAST, SEED_FORECAST.model_copy(update={"tenant_id": "TENANT_F003", "exceptions": 4000})]
    ),
    "seed_check": SEED_CHECKS[1],
    "seed_verification": SEED_VERIFIED,
    "seed_verification_whole": SEED_VERIFIED.model_copy(
        update={"items": SEED_CHECKS[2:], "page": Page.of_all(1), "failed": 0, "moved": 0, "digest": "5b" * 32}
    ),
    "seed_run_reset": SEED_RESET,
    "seed_reset": SeedReset.whole([SEED_RESET, SEED_RESET.model_copy(update={"seed": 7, "missing": 0})]),
    "seed_reset_empty": SeedReset.whole([]),
    "seed_delivery": SEED_DELIVERY,
    "seed_delivery_list": SeedDeliveryList.whole(
        [SEED_DELIVERY, SEED_DELIVERY.model_copy(update={"missing": 0, "missing_ids": (), "tenant_id": "TENANT_F003"})]
    ),
    "seed_delivery_list_empty": SeedDeliveryList.whole([]),
    "seed_drip": SEED_DRIP,
    "seed_drip_list": SeedDripList.whole([SEED_DRIP, SEED_DRIP.model_copy(update={"left_alone": 0, "tenant_id": "B"})]),
    "seed_drip_list_empty": SeedDripList.whole([]),
    "seed_scenario": SEED_SCENARIOS[0],
    "seed_scenario_list": SeedScenarioList.whole(SEED_SCENARIOS),
    "database_address": DatabaseAddress(url="postgresql://ops@db.example.com:5432/sentinai"),
    "environment_mark": EnvironmentMark(environment=Environment.PRODUCTION, changed=False),
    "environment_changed": EnvironmentMark(environment=Environment.STAGING, changed=True),
    "demo": Demo(
        changed=True,
        target=TARGET,
        tenants=(SEEDED,),
        verification=EventVerification(tenants=2, exceptions=100, events=431, broken=0, breaks=()),
        items=(CASH_BREAK, DEMOGRAPHICS),
        page=Page(limit=2, has_more=False, next=None, total=None),
        as_of=AT - timedelta(minutes=1),
        next_commands=("sentinai exceptions show FIN-9C41D07A-000017", "sentinai status"),
    ),
    "target": TARGET,
    "exception_list": ExceptionList(
        items=(CASH_BREAK, DEMOGRAPHICS, LAPSED),
        page=ExceptionPage(limit=3, has_more=True, next="b3BhcXVl", total=None),
    ),
    "exception_list_empty": ExceptionList(items=(), page=ExceptionPage(limit=50, has_more=False, next=None, total=0)),
    "exception_total": ExceptionTotal(count=1207, at=AT),
    "exception_record_list": ExceptionRecordList.whole(
        [
            ExceptionRecord.of({**DETAIL.model_dump(), "entity": HOSTILE}),
            ExceptionRecord.of({**DETAIL.model_dump(), "amount": None, "sla_deadline": None}),
        ]
    ),
    "exception_record_list_empty": ExceptionRecordList.whole([]),
    "exception_ingest": INGESTED,
    "exception_ingest_clean": INGESTED.model_copy(
        update={
            "dry_run": True,
            "tenant_created": True,
            "read": 2,
            "created": 2,
            "updated": 0,
            "unchanged": 0,
            "rejected": 0,
            "severity_differs": 0,
            "rejects_file": None,
            "rejections": (),
            "severity_differences": (),
            "ignored": (),
        }
    ),
    "exception_breakdown": ExceptionBreakdown(
        items=(
            BreakdownRow(entity="ACC-1", severity=Severity.HIGH, count=1200, unresolved=800, breached=3),
            BreakdownRow(entity=None, severity=Severity.LOW, count=40, unresolved=0, breached=0),
            BreakdownRow(entity=HOSTILE, severity=Severity.CRITICAL, count=1, unresolved=1, breached=0),
        ),
        page=Page(limit=3, has_more=True, next=None, total=None),
        by=(By.ENTITY, By.SEVERITY),
        at=AT,
    ),
    "exception_breakdown_days": ExceptionBreakdown.model_validate(
        {
            "items": [
                {"day": AT.date() - timedelta(days=days), "count": count, "unresolved": 1, "breached": 0}
                for days, count in ((9, 3), (8, 90), (5, 41), (1, 1), (0, 17))
            ],
            "page": Page.of_all(5),
            "by": [By.DAY],
            "at": AT,
        }
    ),
    "exception_act": ActResult(
        items=(
            ActedException(
                tenant_id="TENANT_FINANCE_001",
                exception_id="FIN-9C41D07A-000017",
                outcome=ActOutcome.CHANGED,
                event_no=7,
                why=None,
            ),
            ActedException(
                tenant_id="TENANT_HEALTHCARE_042",
                exception_id="HC-05BE7712-000003",
                outcome=ActOutcome.SKIPPED,
                event_no=None,
                why=f"somebody changed it meanwhile {HOSTILE}",
            ),
        ),
        page=Page.of_all(2),
        act=ActKind.RESOLVE,
        changed=1,
        unchanged=0,
        skipped=1,
        operations=(UUID("01939d4e-8f00-7abc-8def-0123456789ab"),),
    ),
    "exception_plan": ActPlan(
        act=Act(kind=ActKind.ESCALATE, to=HOSTILE, reason="over the limit"),
        targets=(ActTarget(tenant_id="TENANT_FINANCE_001", exception_id="FIN-9C41D07A-000017", event_no=6),),
        planned_at=AT - timedelta(minutes=3),
        planned_by="n.osei",
    ).sealed(),
    "exception_stats": ExceptionStats(
        at=AT,
        page=Page.of_all(4),
        exceptions=1207,
        unresolved=1201,
        breached=4,
        items=(
            _count("TENANT_HEALTHCARE_042", "CLAIM_MISSING_AUTH", Status.OPEN, Severity.HIGH, 5),
            _count("TENANT_FINANCE_001", "CASH_BREAK", Status.OPEN, Severity.CRITICAL, 1),
            _count("TENANT_FINANCE_001", "CASH_BREAK", Status.RESOLVED, Severity.CRITICAL, 6),
            _count("TENANT_FINANCE_001", "SEC_MASTER_MISMATCH", Status.ANALYZING, Severity.LOW, 1195),
        ),
    ),
    "exception_stats_empty": ExceptionStats(
        items=(), page=Page.of_all(0), at=AT, exceptions=0, unresolved=0, breached=0
    ),
    "health_report": HealthReport.of([POLICIES, PROBE, LOGINS, TABLES]),
    "health_report_blocking": HealthReport.of([BLOCKING]),
    "health_report_ok": HealthReport.of([POLICIES]),
    "operation": IMPORT,
    "operation_list": OperationList.whole([IMPORT, FAILED]),
    "operation_list_empty": OperationList.whole([]),
    "database_status": DatabaseStatus(
        target=TARGET,
        schema_state=SchemaState.UP_TO_DATE,
        head_revision="0003",
        isolation=Isolation.ENFORCED,
        holdings=Holdings(
            tenant_count=7,
            counted_to=10_000,
            tenants=(
                TenantStanding(
                    tenant_id="TENANT_FINANCE_001",
                    status="active",
                    exceptions={"open": 10_000, "analyzing": 12, "escalated": 2, "resolved": 1_950},
                    breached=10_000,
                    newest=AT,
                ),
                TenantStanding(
                    tenant_id="TENANT_HEALTHCARE_042",
                    status="suspended",
                    exceptions={"open": 0, "analyzing": 0, "escalated": 0, "resolved": 0},
                    breached=0,
                    newest=None,
                ),
            ),
            newest_exception=NewestException(
                tenant_id="TENANT_FINANCE_001",
                exception_id="FIN-9C41D07A-000017",
                type="CASH_BREAK",
                severity="critical",
                status="open",
                created_at=AT - timedelta(minutes=5),
            ),
            newest_event=NewestEvent(
                tenant_id="TENANT_FINANCE_001",
                exception_id="FIN-9C41D07A-000017",
                event_type="CommentAdded",
                actor_id=HOSTILE,
                created_at=AT - timedelta(seconds=40),
            ),
            seals=SealStanding(newest=AT - timedelta(days=3), waiting=1),
            packs=(ActivePack(pack="domain:Finance@3", tenants=6), ActivePack(pack=None, tenants=1)),
            operations=(
                RecentOperation(
                    at=AT - timedelta(minutes=9),
                    command="exceptions resolve",
                    actor="ada",
                    tenant_id="TENANT_FINANCE_001",
                    outcome="done",
                ),
                RecentOperation(
                    at=AT - timedelta(hours=9), command="seed run", actor=HOSTILE, tenant_id=None, outcome="unchanged"
                ),
            ),
        ),
        unread=None,
        next_command="sentinai exceptions list --breached --sort deadline",
    ),
    "database_status_full": FULL,
    "database_status_locked": DatabaseStatus(
        target=TARGET,
        schema_state=SchemaState.UP_TO_DATE,
        head_revision="0003",
        isolation=Isolation.ENFORCED,
        holdings=None,
        unread="somebody else holds the rows or the lock: canceling statement due to lock timeout",
        next_command="sentinai health --only blocking,migration_lock,isolation",
    ),
    "database_status_foreign": DatabaseStatus(
        target=TARGET.model_copy(
            update={"revision": None, "environment": Environment.PRODUCTION, "embedded": False, "profile": "live"}
        ),
        schema_state=SchemaState.FOREIGN,
        head_revision="0003",
        isolation=None,
        holdings=None,
        unread=None,
        next_command="sentinai migrate status",
    ),
    "embedded_status": EmbeddedStatus(
        running=True,
        home="/var/lib/sentinai",
        data_directory="/var/lib/sentinai/pg18/data",
        socket_directory="/var/lib/sentinai/run",
        os_user="postgres",
        version="18.6",
        pid=4711,
        started_at=AT - timedelta(hours=26),
        size_bytes=48_234_496,
    ),
    "embedded_status_stopped": EmbeddedStatus(
        running=False,
        home="/home/ada/.local/share/sentinai",
        data_directory="/home/ada/.local/share/sentinai/pg18/data",
        socket_directory="/home/ada/.local/share/sentinai/run",
        os_user="ada",
        version=None,
        pid=None,
        started_at=None,
        size_bytes=None,
    ),
    "migration_result": MigrationResult(
        before=None, after="0003", applied=("0001", "0002", "0003"), environment=Environment.DEVELOPMENT
    ),
    "migration_reverted": MigrationReverted(
        before="0005",
        after="0004",
        reverted=("0005",),
        archives=(
            Archive(
                table="event_seal",
                column=None,
                rows=1204,
                archive="sentinai_archive.event_seal_0005_20261120030000",
            ),
        ),
    ),
    "migration_status": BEHIND,
    "migration_check": MigrationCheck(
        status=BEHIND,
        ok=False,
        drift=(
            Drift(
                kind="policy",
                name="exception.tenant_scope",
                problem=DriftProblem.MISSING,
                expected="permissive ALL to PUBLIC using (tenant_id = current_setting('x', true))",
                actual=None,
            ),
            Drift(kind="index", name=HOSTILE, problem=DriftProblem.UNEXPECTED, expected=None, actual=HOSTILE),
            Drift(
                kind="table",
                name="exception",
                problem=DriftProblem.CHANGED,
                expected="owner sentinai_owner, row security, forced",
                actual="owner sentinai_owner, row security, not forced",
            ),
        ),
        history=(EDITED_REVISION,),
    ),
    "migration_check_good": MigrationCheck(
        status=BEHIND.model_copy(
            update={"state": SchemaState.UP_TO_DATE, "revision": "0005", "pending": (), "next_command": None}
        ),
        ok=True,
        drift=(),
        history=(),
    ),
    "migration_history": MigrationHistory.whole(
        [
            EDITED_REVISION,
            EDITED_REVISION.model_copy(
                update={
                    "revision": "0005",
                    "title": "Seals",
                    "state": RevisionState.PENDING,
                    "applied_at": None,
                    "tool_version": None,
                    "applied_checksum": None,
                }
            ),
        ]
    ),
    "migration_plan": MigrationPlan(
        items=(
            PlanStep(
                no=1,
                revision="0005",
                sql="CREATE INDEX CONCURRENTLY ix_exception_event_xid ON exception_event (tenant_id, xid)",
                transaction=False,
                locks=(
                    PlannedLock(
                        table="exception_event",
                        mode=LockMode.SHARE_UPDATE_EXCLUSIVE,
                        blocks=LockMode.SHARE_UPDATE_EXCLUSIVE.blocks,
                        new=False,
                        rows=300_000,
                        size_bytes=190_000_000,
                    ),
                ),
            ),
            PlanStep(
                no=2,
                revision="0005",
                sql="ALTER TABLE exception\n    ADD COLUMN note text",
                transaction=True,
                locks=(
                    PlannedLock(
                        table="exception",
                        mode=LockMode.ACCESS_EXCLUSIVE,
                        blocks=LockMode.ACCESS_EXCLUSIVE.blocks,
                        new=False,
                        rows=None,
                        size_bytes=None,
                    ),
                ),
            ),
        ),
        page=Page.of_all(2),
        from_revision="0004",
        to_revision="0005",
        live=True,
    ),
    "migration_plan_empty": MigrationPlan(
        items=(), page=Page.of_all(0), from_revision="0005", to_revision="0005", live=False
    ),
    "migration_file": MigrationFile(revision="0006", path="migrations/versions/0006_add_playbooks.py"),
    "migration_lint": MigrationLint(
        items=(
            LintFinding(
                source="change.sql",
                line=3,
                rule="index_blocks_writes",
                problem="building the index keeps everybody from writing to exception",
                remedy="CREATE INDEX CONCURRENTLY, outside a transaction, in a revision of its own",
            ),
        ),
        page=Page.of_all(1),
        statements=12,
    ),
    "migration_lint_clean": MigrationLint(items=(), page=Page.of_all(0), statements=146),
    "migration_nothing": MigrationResult(before="0003", after="0003", applied=(), environment=Environment.PRODUCTION),
    "setting_list": SettingList.whole(
        [
            Setting(name="profile", value="live", origin="flag --profile"),
            Setting(name="database_url", value="postgresql://ops@db.example:5432/sentinai", origin="profile live"),
            Setting(name="tenant", value=None, origin="default"),
            Setting(name="pool_size", value="7", origin="environment DB_POOL_SIZE", overruled=("user file c.toml",)),
        ]
    ),
    "capabilities": Capabilities(
        tool_version="1.0",
        formats=("table", "json"),
        shared=(Parameter(kind="option", names=("--json",), type="flag", help="The same as --output json."),),
        commands=(
            CommandCapability(
                name="tenants purge",
                summary="Erase a tenant.",
                mutation="severe",
                formats=("table", "json"),
                parameters=(Parameter(kind="argument", names=("TENANT",), type="text", required=True, help="Its id."),),
                examples=("sentinai tenants purge ACME # asks for its id",),
            ),
            CommandCapability(
                name="status", summary="Look.", mutation="reads", formats=("table",), parameters=(), examples=()
            ),
        ),
        exit_codes=(ExitMeaning(code=3, name="not_found", meaning="it does not exist", error_class="NotFound"),),
        error_codes=(ErrorMeaning(code="tenant_not_found", exits=(3,), cause="There is no tenant of that id."),),
    ),
    "result_schemas": ResultSchemas(
        schemas={"wait_result": {"type": "object", "properties": {"seconds": {"type": "number"}}}}
    ),
    "completion_script": CompletionScript(
        shell=Shell.FISH, file="~/.config/fish/completions/sentinai.fish", script="# fish\ncomplete -c sentinai\n"
    ),
    "profile_list": ProfileList.whole(
        [
            Profile(
                name="embedded",
                in_force=False,
                database=None,
                environment=None,
                tenant=None,
                password=None,
                file="built in",
            ),
            Profile(
                name="live",
                in_force=True,
                database="postgresql://ops@db.example:5432/sentinai",
                environment=Environment.PRODUCTION,
                tenant="TENANT_FINANCE_001",
                password="keyring",
                file="project file sentinai.toml",
            ),
            Profile(
                name="old\x1b[31m",
                in_force=False,
                database=None,
                environment=None,
                tenant=None,
                password=None,
                file="user file config.toml",
                problem="the database URL of user file config.toml cannot be used: it does not begin with postgresql://",
            ),
        ]
    ),
    "profile_used": ProfileUsed(
        profile="live",
        file="/home/jo/sentinai.toml",
        changed=True,
        in_force="environment",
        because="environment DATABASE_URL",
    ),
}
