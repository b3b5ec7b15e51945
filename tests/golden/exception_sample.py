"""Results about one exception and about many, with text in them that a terminal must not act on."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sentinai_cli.models.base import Model
from sentinai_cli.models.event import ActorType, Event, EventType
from sentinai_cli.models.exception import ExceptionDetail, ExceptionSummary, Severity, Status
from sentinai_cli.models.exception_forecast import METHOD, SlaReport, Standing
from sentinai_cli.models.exception_playbook import ExceptionPlaybook, last_run, steps_of_run
from sentinai_cli.models.exception_resolution import Resolution
from sentinai_cli.models.exception_shown import ExceptionShown
from sentinai_cli.models.exception_similar import (
    Likeness,
    Reason,
    SimilarException,
    SimilarList,
    SimilarPage,
)
from sentinai_cli.models.exception_sla import Sla
from sentinai_cli.models.exception_timeline import ExceptionTimeline, entries
from sentinai_cli.models.playbook import ActionType, PlaybookStep
from sentinai_cli.models.result import Page

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOSTILE = "Ac\x1b]8;;http://x\x07me\u202e \u200b\\n\n\t[red]Ltd[/red]"

CASH_BREAK = ExceptionSummary(
    exception_id="FIN-9C41D07A-000017",
    tenant_id="TENANT_FINANCE_001",
    domain="Finance",
    type="CASH_BREAK",
    severity=Severity.CRITICAL,
    status=Status.ESCALATED,
    source_system="LedgerCore",
    entity="Acct 00-4471",
    amount=Decimal("1284500.10"),
    currency="USD",
    owner="n.osei",
    sla_deadline=AT - timedelta(hours=1, minutes=5),
    created_at=AT - timedelta(hours=7),
    updated_at=AT - timedelta(minutes=40),
)
DEMOGRAPHICS = ExceptionSummary(
    exception_id="HC-05BE7712-000003",
    tenant_id="TENANT_HEALTHCARE_042",
    domain="Healthcare",
    type="PATIENT_DEMOGRAPHIC_CONFLICT",
    severity=Severity.MEDIUM,
    status=Status.OPEN,
    source_system=HOSTILE,
    entity=None,
    amount=None,
    currency=None,
    owner=None,
    sla_deadline=AT + timedelta(minutes=95),
    created_at=AT - timedelta(days=2, hours=3),
    updated_at=AT - timedelta(days=2, hours=3),
)
LAPSED = DEMOGRAPHICS.model_copy(
    update={
        "exception_id": "HC-05BE7712-000011",
        "type": "ELIGIBILITY_COVERAGE_LAPSE",
        "severity": Severity.LOW,
        "status": Status.RESOLVED,
        "source_system": "ClaimsHub",
        "amount": Decimal("86.00"),
        "currency": "EUR",
        "sla_deadline": None,
    }
)

EVENTS = (
    Event(
        event_no=1,
        event_id=UUID("01933c5e-8a00-7000-8000-000000000001"),
        event_type=EventType.EXCEPTION_CREATED,
        actor_type=ActorType.SYSTEM,
        actor_id="ingest",
        payload={"source_system": "LedgerCore", "record_digest": "ab" * 32, "severity": "high", "status": "open"},
        created_at=AT - timedelta(hours=7),
        hash="0f" * 32,
    ),
    Event(
        event_no=2,
        event_id=UUID("01933c5e-8a00-7000-8000-000000000002"),
        event_type=EventType.TRIAGE_COMPLETED,
        actor_type=ActorType.AGENT,
        actor_id="TriageAgent",
        payload={
            "exception_type": "CASH_BREAK",
            "severity": "critical",
            "layer": "rule",
            "rule": "amount > 1000000.0",
            "evidence": ["difference 1,284,500.10 between ledger and custodian on value date 2026-11-19"],
        },
        created_at=AT - timedelta(hours=6, minutes=58, seconds=20),
        hash="1e" * 32,
    ),
    Event(
        event_no=3,
        event_id=UUID("01933c5e-8a00-7000-8000-000000000003"),
        event_type=EventType.OWNER_CHANGED,
        actor_type=ActorType.USER,
        actor_id="n.osei",
        payload={"before": None, "after": "n.osei", "reason": None},
        created_at=AT - timedelta(hours=6),
        hash="2c" * 32,
    ),
    Event(
        event_no=4,
        event_id=UUID("01933c5e-8a00-7000-8000-000000000004"),
        event_type=EventType.ESCALATED,
        actor_type=ActorType.USER,
        actor_id="n.osei",
        payload={"before": "analyzing", "to": "treasury", "reason": HOSTILE},
        created_at=AT - timedelta(minutes=40),
        hash="2d" * 32,
    ),
)
DETAIL = ExceptionDetail(
    **CASH_BREAK.model_dump(),
    resolved_at=None,
    current_playbook_id="PB_CASH_BREAK",
    current_step=2,
    raw_payload={
        "account": "00-4471",
        "expected": "1284500.10",
        "actual": "0.00",
        "lines": [{"id": 1, "memo": HOSTILE}, {"id": 2, "memo": None}],
    },
    normalized_context={"domain": "Finance", "difference": "1284500.10", "grüße": "日本"},
    events=EVENTS,
)


def _event(no: int, kind: EventType, payload: dict[str, object], minutes_ago: int) -> Event:
    return Event(
        event_no=no,
        event_id=UUID(int=no),
        event_type=kind,
        actor_type=ActorType.USER,
        actor_id="n.osei",
        payload=payload,
        created_at=AT - timedelta(minutes=minutes_ago),
        hash=f"{no:02x}" * 32,
    )


_BOOK = "PB_CASH_BREAK"
_RUN = (
    _event(5, EventType.PLAYBOOK_STARTED, {"playbook_id": _BOOK, "steps": 3}, 39),
    _event(
        6,
        EventType.PLAYBOOK_STEP_COMPLETED,
        {"playbook_id": _BOOK, "step_order": 1, "action": "getLedgerEntries", "notes": HOSTILE},
        21,
    ),
    _event(7, EventType.COMMENT_ADDED, {"text": HOSTILE}, 5),
)
_STEPS = [
    PlaybookStep(
        step_order=order,
        name=f"step-{order}",
        action_type=ActionType.MANUAL,
        action=action,
        tool_name=None,
        description=description,
        params={},
    )
    for order, (action, description) in enumerate(
        [("getLedgerEntries", None), ("openInvestigation", "Ask the custodian for the wire."), ("notify", HOSTILE)],
        start=1,
    )
]
SHOWN = ExceptionShown(
    **{**dict(DETAIL), "events": (*EVENTS, *_RUN)},
    at=AT,
    age_seconds=7 * 3600,
    sla=Sla.of(created_at=DETAIL.created_at, deadline=DETAIL.sla_deadline, resolved_at=None, at=AT),
    playbook=ExceptionPlaybook(
        playbook_id=_BOOK,
        version=2,
        name=HOSTILE,
        started_at=_RUN[0].created_at,
        completed=False,
        current_step=2,
        steps=steps_of_run(last_run(_RUN, _BOOK), _STEPS, 2),
    ),
    events_total=61,
)

SIMILAR = SimilarException(
    **CASH_BREAK.model_dump(),
    score=61,
    reasons=(
        Reason(likeness=Likeness.TYPE, points=40, what="type CASH_BREAK"),
        Reason(likeness=Likeness.PAYLOAD, points=6, what=f"2 of 6 payload values: account, {HOSTILE}"),
        Reason(likeness=Likeness.AMOUNT, points=15, what="amount 1284500.10 within 10% of 1200000.00 USD"),
    ),
)
RESOLVED = SIMILAR.model_copy(
    update={
        "exception_id": "FIN-9C41D07A-000002",
        "status": Status.RESOLVED,
        "score": 40,
        "reasons": SIMILAR.reasons[:1],
        "resolution": Resolution(
            resolved_at=AT,
            took_seconds=4 * 3600,
            by="n.osei",
            reason=HOSTILE,
            action="getLedgerEntries",
            approved_by="b.lund",
            playbook_id=_BOOK,
            feedback=None,
            effective=True,
        ),
    }
)

EXCEPTION_SAMPLES: dict[str, Model] = {
    "exception_shown": SHOWN,
    "exception_shown_bare": SHOWN.model_copy(
        update={
            "current_playbook_id": None,
            "playbook": None,
            "sla": None,
            "sla_deadline": None,
            "events": EVENTS[:1],
            "events_total": 1,
        }
    ),
    "similar_list": SimilarList(
        items=(SIMILAR, RESOLVED),
        page=SimilarPage(limit=2, has_more=True, next="b3BhcXVl", total=None, scanned=1840, exhaustive=False),
        exception_id=HOSTILE,
        tenant_id=DETAIL.tenant_id,
    ),
    "similar_list_empty": SimilarList(
        items=(),
        page=SimilarPage(limit=10, has_more=False, next=None, total=None, scanned=0, exhaustive=True),
        exception_id=DETAIL.exception_id,
        tenant_id=DETAIL.tenant_id,
    ),
    "sla_report": SlaReport(
        items=(
            Standing(
                unresolved=1214,
                breached=31,
                at_risk=9,
                due={0: 3, 3: 6, 6: 41, 20: 180},
                arrivals={4.0: 96, 8.0: 12},
                resolutions=240,
            ).group("TENANT_FINANCE_001", Severity.CRITICAL, hours=24),
            Standing(unresolved=2, without_deadline=2, resolutions=1).group(
                "TENANT_FINANCE_001", Severity.LOW, hours=24
            ),
            Standing(unresolved=4, due={23: 4}).group("TENANT_HEALTHCARE_042", Severity.HIGH, hours=24),
        ),
        page=Page.of_all(3),
        at=AT,
        since=AT - timedelta(hours=24),
        method=METHOD,
    ),
    "sla_report_empty": SlaReport(items=(), page=Page.of_all(0), at=AT, since=AT - timedelta(hours=24), method=METHOD),
    "exception_timeline": ExceptionTimeline(
        items=entries((*EVENTS, *_RUN), created_at=DETAIL.created_at),
        page=Page(limit=7, has_more=True, next="b3BhcXVl", total=61),
        tenant_id=DETAIL.tenant_id,
        exception_id=DETAIL.exception_id,
        created_at=DETAIL.created_at,
    ),
}
