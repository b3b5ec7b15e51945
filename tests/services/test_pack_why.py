"""Why an exception would be as severe as it is: what won, what was tried, and what may surprise."""

from decimal import Decimal

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.exception import ExceptionFilter, Severity
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.pack_why import PackWhy
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.severity_decision import Layer
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.services.pack_activation import activate_pack
from sentinai_cli.services.pack_why import read_record, why_exception, why_payload
from tests.conftest import connect
from tests.services.packs import TENANT, policy_edition, put, traders, trading_edition
from tests.services.rows import unchanged


@pytest.fixture(scope="module")
def trade(shared: Database) -> Database:
    """One tenant with a policy that overrides cash breaks, one with the domain pack alone, one with nothing active."""
    traders(shared, TENANT, "PLAIN", "IDLE")
    put(shared, policy_edition(1))
    activate_pack(shared, TENANT, PackReference.parse(f"policy:{TENANT}"))
    activate_pack(shared, "PLAIN", PackReference.parse("domain:Trading@1"))
    put(shared, trading_edition(2))
    return shared


def record(kind: str, payload: bytes = b"{}") -> Facts:
    return read_record(kind, source_system="OMS", amount=None, payload=payload, context=None)


def why(database: Database, tenant_id: str, kind: str, payload: bytes = b"{}") -> PackWhy:
    with unchanged(database.url):
        return why_payload(database, tenant_id, record(kind, payload))


def test_an_override_wins_and_what_the_rules_would_have_said_is_told(trade: Database) -> None:
    told = why(trade, TENANT, "CASH_BREAK", b'{"currency": "USD"}')
    assert (told.severity, told.layer, told.rule) == (
        Severity.CRITICAL,
        Layer.POLICY,
        "/customSeverityOverrides/0",
    )
    assert told.without_override is Severity.LOW
    assert [(rule.severity, rule.matched) for rule in told.tried] == [(Severity.LOW, True), (Severity.HIGH, False)]
    assert (told.approval_required, told.playbook_by) == (True, "/customPlaybooks/0")
    assert (told.domain_pack, told.policy_pack) == ("domain:Trading@1", f"policy:{TENANT}@1")


@pytest.mark.parametrize(
    ("kind", "payload", "severity", "layer"),
    [
        ("CASH_BREAK", b'{"currency": "USD"}', Severity.LOW, Layer.RULE),
        ("CASH_BREAK", b'{"currency": "EUR"}', Severity.MEDIUM, Layer.DEFAULT),
        ("SETTLEMENT_FAIL", b"{}", Severity.HIGH, Layer.RULE),
    ],
)
def test_without_a_policy_pack_the_rules_decide(
    kind: str, payload: bytes, severity: Severity, layer: Layer, trade: Database
) -> None:
    told = why(trade, "PLAIN", kind, payload)
    assert (told.severity, told.layer, told.without_override, told.policy_pack) == (severity, layer, None, None)
    assert any(rule.matched for rule in told.tried) == (layer is Layer.RULE)


def test_a_rule_that_could_not_be_decided_says_what_it_missed(trade: Database) -> None:
    (missed, *_) = why(trade, "PLAIN", "CASH_BREAK").tried
    assert not missed.matched
    assert "currency" in (missed.reason or "")


def test_what_may_surprise_is_said(trade: Database) -> None:
    assert why(trade, "PLAIN", "cash_break").notes == (
        "domain:Trading@1 has no type cash_break; the nearest is CASH_BREAK, and types are compared exactly",
        "domain:Trading@2 is stored, but @1 is active",
    )


@pytest.mark.parametrize(("tenant_id", "code"), [("NOPE", "tenant_not_found"), ("IDLE", "no_active_packs")])
def test_where_nothing_is_active_nothing_is_decided(tenant_id: str, code: str, trade: Database) -> None:
    with pytest.raises(NotFound) as caught:
        why_payload(trade, tenant_id, record("CASH_BREAK"))
    assert caught.value.code == code


def test_a_record_is_read_exactly() -> None:
    read = read_record("T", source_system="S", amount="0.10", payload=b'{"a": 1}', context=b'{"b": [2]}')
    assert (read.amount, dict(read.raw_payload), dict(read.context)) == (Decimal("0.10"), {"a": 1}, {"b": [2]})


@pytest.mark.parametrize("amount", ["", "x", "NaN", "Infinity", "-inf", "1,5"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_record("T", source_system="", amount=amount, payload=None, context=None)
    assert caught.value.code == "invalid_amount"


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b'{"a": 1', b'{"a": NaN}', b"\xff", b'{"a": 1, "a": 2}'])
def test_what_is_no_json_object_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_record("T", source_system="", amount=None, payload=payload, context=None)


def ids(database: Database) -> list[str]:
    with database.begin(AllTenants(), read_only=True) as work:
        return [row.exception_id for row in work.exceptions.page(ExceptionFilter(), after=None, limit=200)]


def test_each_seeded_exception_is_as_severe_as_its_packs_decide(untouched: Database) -> None:
    every = [why_exception(untouched, AllTenants(), exception_id) for exception_id in ids(untouched)]
    assert len(every) == 100
    assert {told.severity for told in every} > {Severity.CRITICAL, Severity.LOW}
    assert [(told.stored_severity, told.notes) for told in every] == [(told.severity, ()) for told in every]


def test_a_stored_severity_that_differs_is_named_with_the_reason(seeded_database: Database) -> None:
    chosen = ids(seeded_database)[0]
    before = why_exception(seeded_database, AllTenants(), chosen)
    other = Severity.LOW if before.severity is not Severity.LOW else Severity.HIGH
    with connect(seeded_database.url) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("UPDATE exception SET severity = %s WHERE exception_id = %s", [other.value, chosen])
    told = why_exception(seeded_database, AllTenants(), chosen)
    assert (told.severity, told.stored_severity) == (before.severity, other)
    (note,) = told.notes
    assert note.startswith(f"the stored severity is {other.value}: it was decided under other packs")


@pytest.mark.parametrize(
    ("scope", "code"), [(AllTenants(), "exception_not_found"), (TenantScope("NOPE"), "tenant_not_found")]
)
def test_an_exception_that_is_not_there_has_no_why(
    scope: TenantScope | AllTenants, code: str, untouched: Database
) -> None:
    with pytest.raises(NotFound) as caught:
        why_exception(untouched, scope, "NOPE")
    assert caught.value.code == code


def test_another_tenant_s_exception_is_not_there(untouched: Database) -> None:
    with untouched.begin(TenantScope("TENANT_FINANCE_001"), read_only=True) as work:
        (row,) = work.exceptions.page(ExceptionFilter(), after=None, limit=1)
    assert why_exception(untouched, TenantScope("TENANT_FINANCE_001"), row.exception_id).tenant_id == row.tenant_id
    with pytest.raises(NotFound):
        why_exception(untouched, TenantScope("TENANT_HEALTHCARE_042"), row.exception_id)
