"""Impact: what another pack would change about stored exceptions, counted and shown, and nothing changed."""

import json
from typing import Any

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.exception_vector import decoded_id
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound
from sentinai_cli.models.pack_impact import Decided, ImpactVerdict, PackImpact
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.reading import Reading
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.judgement import Judgement
from sentinai_cli.services.pack_impact import SAMPLES, pack_impact, rollback_impact
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.pack_pair import active_pair, chosen_pair
from sentinai_cli.services.sample import sample_packs
from tests.services.conftest import AS_OF, ignore
from tests.services.rows import unchanged

FINANCE, HEALTHCARE = "TENANT_FINANCE_001", "TENANT_HEALTHCARE_042"


def finance() -> dict[str, Any]:
    (data,) = [data for name, data in sample_packs().values() if name == "finance.sample.json"]
    document: dict[str, Any] = json.loads(data)
    return document


def impact(
    database: Database, document: dict[str, Any], scope: TenantScope | AllTenants | None = None, **options: Any
) -> PackImpact:
    """Of the finance pack in another edition."""
    reference = import_pack(database, json.dumps(document).encode(), source="pack.json").reference
    with unchanged(database.url):
        return pack_impact(
            database, scope or TenantScope(FINANCE), PackReference.parse(reference), advance=ignore, **options
        )


def test_an_edition_that_decides_alike_has_no_impact(seeded_database: Database) -> None:
    found = impact(seeded_database, finance() | {"description": "Another."})
    assert (found.verdict, found.changed, found.items) == (ImpactVerdict.NONE, 0, ())
    assert [(tenant.tenant_id, tenant.exceptions) for tenant in found.tenants] == [(FINANCE, 50)]


def test_each_change_is_counted_by_type_with_the_ids_of_some(seeded_database: Database) -> None:
    document = finance()
    document["severityRules"] = [{"condition": "exceptionType == 'FAILED_ALLOCATION'", "severity": "critical"}]
    document["testSuites"] = []
    found = impact(seeded_database, document)
    raised = [item for item in found.items if item.type == "FAILED_ALLOCATION" and item.what is Decided.SEVERITY]
    with seeded_database.begin(TenantScope(FINANCE), read_only=True) as work:
        streamed = list(work.exception_vectors.stream(FINANCE, Reading(), since=None))
    stored = [decoded_id(identity) for key, identity in streamed if key == b"FAILED_ALLOCATION"]
    (change,) = raised
    assert (change.before, change.after, change.count, change.breaking) == ("medium", "critical", len(stored), False)
    assert change.sample_ids
    assert set(change.sample_ids) <= set(stored)
    assert len(change.sample_ids) <= SAMPLES
    assert found.verdict is ImpactVerdict.COMPATIBLE


@pytest.mark.parametrize(
    ("what", "breaking"),
    [("severity lower", True), ("severity higher", False), ("playbook gone", True), ("playbook other", False)],
)
def test_a_change_is_breaking_when_less_is_asked_than_before(
    seeded_database: Database, what: str, breaking: bool
) -> None:
    document = finance()
    document["testSuites"] = []
    kind = document["exceptionTypes"]["MISMATCHED_TRADE_DETAILS"]
    if what.startswith("severity"):
        kind["severityRules"], kind["defaultSeverity"] = [], "low" if what == "severity lower" else "critical"
        document["severityRules"] = []
    for playbook in document["playbooks"]:
        if "MISMATCHED_TRADE_DETAILS" in playbook["exceptionTypes"] and what.startswith("playbook"):
            if what == "playbook gone":
                playbook["exceptionTypes"] = ["SETTLEMENT_FAIL"]
            else:
                playbook["playbookId"] = "PB_ANOTHER"
    found = impact(seeded_database, document)
    own = [item for item in found.items if item.type == "MISMATCHED_TRADE_DETAILS"]
    assert own
    assert any(item.breaking for item in own) is breaking


def test_what_is_counted_is_what_one_by_one_decisions_differ_in(seeded_database: Database) -> None:
    document = finance()
    document["testSuites"] = []
    document["severityRules"] = [
        {"condition": "amount != null && amount > 50000.0", "severity": "critical"},
        {"condition": "has(rawPayload.currency) && rawPayload.currency == 'EUR'", "severity": "high"},
        {"condition": "size(context) > 100 || sourceSystem.startsWith('M')", "severity": "medium"},
    ]
    found = impact(seeded_database, document)
    with seeded_database.begin(TenantScope(FINANCE), read_only=True) as work:
        active, tenant = work.pack_activations.active(FINANCE), work.tenants.get(FINANCE)
        assert active is not None
        assert tenant is not None
        pairs = active_pair(work, active), chosen_pair(work, tenant, PackReference.parse(found.pack), active)
        judges = [Judgement(pair.domain_pack, pair.policy_pack) for pair in pairs]
        streamed = list(work.exception_vectors.stream(FINANCE, Reading(), since=None))
        rows = [work.exceptions.get(FINANCE, decoded_id(identity)) for _, identity in streamed]
    differing = 0
    for row in rows:
        assert row is not None
        documents = row["raw_payload"], row["normalized_context"]
        facts = Facts(row["type"], row["source_system"], row["amount"], *documents)
        before, after = (judge.judge(facts) for judge in judges)
        differing += before != after
    assert found.changed == differing > 0
    assert found.exceptions == len(rows)


def test_only_exceptions_since_a_moment_are_judged(seeded_database: Database) -> None:
    document = finance() | {"severityRules": [{"condition": "true", "severity": "critical"}], "testSuites": []}
    assert impact(seeded_database, document, since=AS_OF).exceptions == 0


def test_across_tenants_only_those_of_the_domain_are_judged(seeded_database: Database) -> None:
    found = impact(seeded_database, finance() | {"description": "Another."}, AllTenants())
    assert [tenant.tenant_id for tenant in found.tenants] == [FINANCE]


@pytest.mark.parametrize(
    ("scope", "text", "error"),
    [
        (TenantScope("NOPE"), "domain:Finance", NotFound),
        (TenantScope(FINANCE), "domain:Finance@99", NotFound),
        (TenantScope(FINANCE), "domain:Healthcare", InvalidInput),
        (AllTenants(), "domain:Nothing", NotFound),
    ],
)
def test_what_cannot_be_activated_has_no_impact(
    untouched: Database, scope: TenantScope | AllTenants, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        pack_impact(untouched, scope, PackReference.parse(text), advance=ignore)


def test_a_pack_that_does_not_fit_the_tenants_policy_is_refused(seeded_database: Database) -> None:
    document = finance()
    del document["exceptionTypes"]["REG_REPORT_REJECTED"]
    document["testSuites"], document["severityRules"] = [], []
    document["playbooks"] = [one for one in document["playbooks"] if "REG_REPORT_REJECTED" not in one["exceptionTypes"]]
    with pytest.raises(CheckFailed):
        impact(seeded_database, document)


def test_going_back_where_nothing_was_before_is_not_found(untouched: Database) -> None:
    with pytest.raises(NotFound):
        rollback_impact(untouched, HEALTHCARE, to=None, advance=ignore)
    with pytest.raises(NotFound):
        rollback_impact(untouched, HEALTHCARE, to=99, advance=ignore)
