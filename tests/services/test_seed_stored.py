"""What seeding stored is what was generated, and says the same in every place that says it."""

from collections.abc import Iterator

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.event import EventType
from sentinai_cli.models.event_fold import fold
from sentinai_cli.models.event_payload import PAYLOADS
from sentinai_cli.models.exception import ExceptionFilter, NewException, Severity
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.severity import SeverityPolicy
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.generate import generate
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import make_plan, run_digest
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.exception import list_exceptions
from sentinai_cli.services.pack import find_pack, read_stored
from sentinai_cli.services.seed import seed
from tests.conftest import connect, quiet
from tests.db.records import log_of
from tests.services.conftest import AS_OF, ignore, request

TENANTS = ("TENANT_FINANCE_001", "TENANT_HEALTHCARE_042")


def packs(database: Database, tenant_id: str) -> tuple[DomainPack, str, PolicyPack, str]:
    """The tenant's active packs with their checksums, as stored."""
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        active = work.pack_activations.active(tenant_id)
        assert active is not None
        domain = find_pack(work, PackReference.parse(f"domain:{active.domain}"))
        policy = find_pack(work, PackReference.parse(f"policy:{tenant_id}"))
    return (
        read_stored(DomainPack, domain),
        domain.checksum,
        read_stored(PolicyPack, policy),
        policy.checksum,
    )


def generated(database: Database, tenant_id: str) -> Iterator[NewException]:
    """The records that the stored packs make, generated anew."""
    domain, domain_checksum, policy, policy_checksum = packs(database, tenant_id)
    plan = make_plan(
        Library.read(bundled("seeds")),
        scenario="default",
        seed=1,
        tenant_id=tenant_id,
        pack=domain,
        pack_checksum=domain_checksum,
        policy_checksum=policy_checksum,
        as_of=AS_OF,
        count=50,
    )
    return generate(plan, PackDecisions(domain, policy))


@pytest.mark.parametrize("tenant_id", TENANTS)
def test_every_stored_row_and_event_is_the_generated_one(untouched: Database, tenant_id: str) -> None:
    compared = 0
    with untouched.begin(TenantScope(tenant_id), read_only=True) as work:
        log: dict[str, list[object]] = {}
        for event in log_of(work):
            log.setdefault(event.exception_id, []).append(
                (
                    event.event_no,
                    event.event_id,
                    event.event_type,
                    event.actor_type,
                    event.actor_id,
                    event.payload,
                    event.created_at,
                    event.leaf,
                    event.hash,
                )
            )
        for record in generated(untouched, tenant_id):
            row = work.exceptions.get(tenant_id, record.exception_id)
            assert row is not None
            columns = [name for name in NewException.__slots__ if name != "events"]
            assert {name: row[name] for name in columns} == {name: getattr(record, name) for name in columns}
            assert str(row["amount"]) == str(record.amount)
            assert (row["last_event_no"], row["last_event_hash"]) == (len(record.events), record.events[-1].hash)
            assert row["severity_rank"] == record.severity.rank
            assert log.pop(record.exception_id) == [
                (
                    event.event_no,
                    event.event_id,
                    event.event_type.value,
                    event.actor_type.value,
                    event.actor_id,
                    event.payload,
                    event.created_at,
                    event.leaf,
                    event.hash,
                )
                for event in record.events
            ]
            compared += 1
    assert (compared, log) == (50, {})


@pytest.mark.parametrize("tenant_id", TENANTS)
def test_the_digest_of_the_stored_rows_is_the_runs(untouched: Database, tenant_id: str) -> None:
    with connect(untouched.url) as admin:
        rows = admin.execute(
            "SELECT exception_id, source_digest, last_event_hash FROM exception"
            " WHERE tenant_id = %s ORDER BY exception_id",
            [tenant_id],
        ).fetchall()
        kept = admin.execute("SELECT digest, records, state FROM seed_run WHERE tenant_id = %s", [tenant_id]).fetchall()
    result = seed(untouched, request(tenant_id), embedded=False, now=AS_OF, say=quiet, advance=ignore).items[0]
    assert kept == [(run_digest(rows), 50, "complete")]
    assert result.digest == kept[0][0]
    assert all(row[0].startswith(f"{result.prefix}-") for row in rows)


def test_every_row_is_what_its_stored_events_fold_to(untouched: Database) -> None:
    with untouched.begin(AllTenants(), read_only=True) as work:
        for item in work.exceptions.page(ExceptionFilter(), after=None, limit=1000):
            row = work.exceptions.get(item.tenant_id, item.exception_id)
            assert row is not None
            state = fold(work.events.of_exception(item.tenant_id, item.exception_id))
            told = {name: getattr(state, name) for name in state.__slots__ if name in row}
            assert {name: row[name] for name in told} == told
            assert len(told) == 8
            assert state.record_digest == row["source_digest"].hex()


def test_every_stored_payload_is_one_of_its_type(untouched: Database) -> None:
    seen = set()
    with untouched.begin(AllTenants(), read_only=True) as work:
        for event in log_of(work):
            PAYLOADS[EventType(event.event_type)].model_validate_json(canonical_bytes(event.payload))
            seen.add(event.event_type)
    assert {"ExceptionCreated", "TriageCompleted", "StatusChanged", "PlaybookStarted", "Escalated"} <= seen


def test_the_log_verifies(untouched: Database) -> None:
    result = verify_events(untouched, AllTenants(), advance=ignore)
    assert (result.tenants, result.exceptions, result.broken) == (2, 100, 0)
    assert result.events > 300


@pytest.mark.parametrize("tenant_id", TENANTS)
def test_severities_are_what_the_active_packs_decide(untouched: Database, tenant_id: str) -> None:
    domain, _, policy, _ = packs(untouched, tenant_id)
    decider = SeverityPolicy(domain, policy)
    with untouched.begin(TenantScope(tenant_id), read_only=True) as work:
        for item in list_exceptions(untouched, TenantScope(tenant_id), ExceptionFilter(), limit=None).items:
            row = work.exceptions.get(tenant_id, item.exception_id)
            assert row is not None
            decided = decider.decide(
                Facts(
                    exception_type=row["type"],
                    source_system=row["source_system"],
                    amount=row["amount"],
                    raw_payload=row["raw_payload"],
                    context=row["normalized_context"],
                )
            )
            assert Severity(row["severity"]) is decided.severity
