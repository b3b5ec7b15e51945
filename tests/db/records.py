"""Small exceptions with whole histories, for tests that need rows and no realism."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from sentinai_cli.db.engine import Database
from sentinai_cli.db.schema import exception_event
from sentinai_cli.db.work import Work
from sentinai_cli.models.event import ActorType, EventType, NewEvent, StoredEvent
from sentinai_cli.models.event_hash import GENESIS, canonical_time, chain_hash, event_leaf, record_digest
from sentinai_cli.models.exception import ExceptionDetail, NewException, Severity, Status
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.exception import detail_of

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def record(
    tenant_id: str,
    number: int,
    *,
    severity: Severity = Severity.HIGH,
    status: Status = Status.OPEN,
    type: str = "CASH_BREAK",
    domain: str = "Finance",
    created_at: datetime | None = None,
    exception_id: str | None = None,
    raw_payload: dict[str, object] | None = None,
    comments: int = 1,
    deadline: timedelta | None = timedelta(hours=8),
    source_system: str = "Ledger",
    owner: str | None = None,
) -> NewException:
    """Exception `number` with an ExceptionCreated, comments, and the event that leads to its status."""
    created = created_at or EPOCH + timedelta(minutes=number)
    name = exception_id or f"EX-{number:06d}"
    payload: dict[str, object] = {"number": number} if raw_payload is None else raw_payload
    digest = record_digest(
        tenant_id=tenant_id,
        exception_id=name,
        domain=domain,
        type=type,
        source_system=source_system,
        entity=f"ACC-{number}",
        amount=Decimal("10.50"),
        currency="USD",
        raw_payload=payload,
        normalized_context={},
        created_at=created,
    )
    sla = None if deadline is None else created + deadline
    told: list[tuple[EventType, dict[str, object]]] = [
        (
            EventType.EXCEPTION_CREATED,
            {
                "source_system": source_system,
                "record_digest": digest.hex(),
                "severity": severity.value,
                "status": "open",
                "sla_deadline": None if sla is None else canonical_time(sla),
            },
        )
    ]
    told += [(EventType.COMMENT_ADDED, {"text": f"comment {n}"}) for n in range(comments)]
    if owner is not None:
        told.append((EventType.OWNER_CHANGED, {"before": None, "after": owner}))
    if status is not Status.OPEN:
        told.append((EventType.STATUS_CHANGED, {"before": "open", "after": status.value}))
    events = _linked(tenant_id, name, number, told, created)
    return NewException(
        tenant_id=tenant_id,
        exception_id=name,
        domain=domain,
        type=type,
        severity=severity,
        status=status,
        source_system=source_system,
        entity=f"ACC-{number}",
        amount=Decimal("10.50"),
        currency="USD",
        sla_deadline=sla,
        owner=owner,
        current_playbook_id=None,
        current_step=None,
        raw_payload=payload,
        normalized_context={},
        source_digest=digest,
        created_at=created,
        updated_at=events[-1].created_at,
        resolved_at=events[-1].created_at if status is Status.RESOLVED else None,
        events=events,
    )


def stored(database: Database, scope: TenantScope | AllTenants, exception_id: str) -> ExceptionDetail:
    """An exception as it stands, with all its events."""
    with database.begin(scope, read_only=True) as work:
        return detail_of(work, scope, exception_id)


def log_of(work: Work) -> list[StoredEvent]:
    """Every event in scope by tenant, exception and number."""
    wanted = select(*[exception_event.c[name] for name in StoredEvent._fields]).order_by(
        exception_event.c.tenant_id, exception_event.c.exception_id, exception_event.c.event_no
    )
    return [StoredEvent(**row) for row in work.connection.execute(wanted).mappings()]


def _linked(
    tenant_id: str, name: str, number: int, told: list[tuple[EventType, dict[str, object]]], created: datetime
) -> tuple[NewEvent, ...]:
    events: list[NewEvent] = []
    previous = GENESIS
    for event_no, (event_type, payload) in enumerate(told, start=1):
        at = created + timedelta(seconds=event_no - 1)
        event_id = UUID(int=number << 32 | event_no)
        leaf = event_leaf(
            tenant_id=tenant_id,
            exception_id=name,
            event_id=event_id,
            event_type=event_type.value,
            actor_type=ActorType.SYSTEM.value,
            actor_id="test",
            payload=payload,
            created_at=at,
        )
        previous = chain_hash(previous, event_no, leaf)
        events.append(NewEvent(event_no, event_id, event_type, ActorType.SYSTEM, "test", payload, at, leaf, previous))
    return tuple(events)
