"""Two stored packs compared: the patch makes the one of the other, and nobody sees what is not theirs."""

import json
from typing import Any

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.pack_diff import PackDiff
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.pack import show_pack
from sentinai_cli.services.pack_activation import activate_pack
from sentinai_cli.services.pack_diff import diff_packs
from tests.conftest import connect
from tests.services.packs import TENANT, policy_edition, put, traders, trading_edition, trading_without_cash
from tests.services.rows import unchanged
from tests.unit.packs.test_diff import patched

DOMAIN = [f"domain:Trading@{number}" for number in (1, 2, 3, 4)]
POLICY = [f"policy:{TENANT}@{number}" for number in (1, 2)]
PAIRS = [(a, b) for editions in (DOMAIN, POLICY) for a in editions for b in editions]


def rewritten() -> dict[str, Any]:
    """The trading pack with something added, removed, changed and moved in each kind of place."""
    pack = trading_edition(4)
    pack["exceptionTypes"]["NEW_TYPE"] = {"description": "New."}
    pack["playbooks"][0]["steps"][0]["parameters"] = {"names/that~a pointer": {"must~1": "escape"}}
    pack["exceptionTypes"]["SETTLEMENT_FAIL"]["detectionRules"] = ["first", "no confirmation", "last"]
    pack["severityRules"].insert(0, {"ruleId": "new", "condition": "exceptionType == 'CASH_BREAK'", "severity": "LOW"})
    pack["tools"]["openCase"]["maxRetries"] = 4
    pack["playbooks"].reverse()
    pack["testSuites"].pop()
    return pack


@pytest.fixture(scope="module")
def trade(shared: Database) -> Database:
    """Four editions of a domain pack, the second active for one of two tenants, and two of that tenant's policy."""
    traders(shared, TENANT, "TENANT_B")
    for document in (trading_edition(2), trading_without_cash(), rewritten(), policy_edition(1)):
        put(shared, document)
    second = policy_edition(2) | {"approvedTools": ["openCase"], "customSeverityOverrides": []}
    del second["retentionPolicies"]
    put(shared, second)
    activate_pack(shared, TENANT, PackReference.parse(DOMAIN[1]))
    return shared


def compared(database: Database, a: str, b: str, scope: TenantScope | AllTenants | None = None) -> PackDiff:
    return diff_packs(database, scope or AllTenants(), PackReference.parse(a), PackReference.parse(b))


def content(database: Database, reference: str) -> object:
    return show_pack(database, AllTenants(), PackReference.parse(reference)).pack


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_the_patch_as_json_makes_the_one_pack_of_the_other(a: str, b: str, trade: Database) -> None:
    found = compared(trade, a, b)
    patch = json.loads(found.model_dump_json())["patch"]
    assert patched(content(trade, a), patch) == content(trade, b)
    assert bool(patch) == bool(found.items) == (a != b)
    assert (found.a, found.b, found.page.has_more) == (a, b, False)


def test_there_and_back_again_names_the_same_things(trade: Database) -> None:
    there = {(change.section, change.name) for change in compared(trade, DOMAIN[0], DOMAIN[2]).items}
    back = {(change.section, change.name) for change in compared(trade, DOMAIN[2], DOMAIN[0]).items}
    assert there == back >= {("type", "CASH_BREAK")}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [(TenantScope(TENANT), DOMAIN[1]), (TenantScope("TENANT_B"), DOMAIN[3]), (AllTenants(), DOMAIN[3])],
)
def test_without_a_version_it_is_the_active_one_of_the_tenant_and_else_the_newest(
    scope: TenantScope | AllTenants, expected: str, trade: Database
) -> None:
    assert compared(trade, DOMAIN[0], "domain:Trading", scope).b == expected


@pytest.mark.parametrize(
    ("a", "b", "scope", "error", "code"),
    [
        (DOMAIN[0], POLICY[0], AllTenants(), InvalidInput, "packs_of_two_kinds"),
        (DOMAIN[0], "domain:Trading@9", AllTenants(), NotFound, "pack_not_found"),
        ("domain:Nothing", DOMAIN[0], AllTenants(), NotFound, "pack_not_found"),
        (*POLICY, TenantScope("TENANT_B"), NotFound, "pack_not_found"),
        (*DOMAIN[:2], TenantScope("NOPE"), NotFound, "tenant_not_found"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    a: str, b: str, scope: TenantScope | AllTenants, error: type[Exception], code: str, trade: Database
) -> None:
    with unchanged(trade.url), pytest.raises(error) as caught:
        compared(trade, a, b, scope)
    assert getattr(caught.value, "code", None) == code


def test_what_may_be_a_secret_is_in_neither_the_changes_nor_the_patch(database: Database) -> None:
    traders(database, TENANT)
    put(database, policy_edition(1))
    put(database, policy_edition(2))
    with connect(database.url) as admin:  # as one stored before the key was known to name a secret
        admin.execute("ALTER TABLE tenant_policy_pack_version DISABLE TRIGGER ALL")
        admin.execute(
            "UPDATE tenant_policy_pack_version SET pack_json ="
            " jsonb_set(pack_json, '{embeddingConfig,apiKey}', to_jsonb('hunter2' || version))"
        )
    told = compared(database, POLICY[0], POLICY[1])
    assert "hunter2" not in told.model_dump_json()
    assert [change.name for change in told.items] == ["description"]
