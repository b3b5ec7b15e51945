"""A rollback restores exactly what held, and what is done for one tenant leaves every row of the others alone."""

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, NotFound
from sentinai_cli.models.pack_effective import EffectivePacks
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.operation import list_operations
from sentinai_cli.services.pack_activation import activate_pack, rollback_packs
from sentinai_cli.services.pack_effective import effective_packs
from sentinai_cli.services.pack_history import pack_history
from sentinai_cli.services.playbook import list_playbooks
from sentinai_cli.services.tool import list_tools
from tests.services.packs import TENANT, policy_edition, put, traders, trading_edition
from tests.services.rows import Rows, everything, unchanged

OTHER = "TENANT_B"


@pytest.fixture
def trade(database: Database) -> Database:
    """Two tenants with both packs active, and a second edition that has other rules, tools and playbooks."""
    traders(database, TENANT, OTHER)
    for tenant_id in (TENANT, OTHER):
        put(database, policy_edition(1, tenant_id=tenant_id))
        activate_pack(database, tenant_id, PackReference.parse(f"policy:{tenant_id}"))
    second = trading_edition(2)
    second["severityRules"] = [{"condition": "true", "severity": "LOW"}]
    second["testSuites"] = []
    second["tools"]["closeCase"] = {"description": "Closes a case."}
    second["playbooks"] = [{"exceptionType": "SETTLEMENT_FAIL", "steps": [{"action": "closeCase"}]}]
    put(database, second)
    return database


def holds(database: Database, tenant_id: str = TENANT) -> tuple[EffectivePacks, object, object]:
    """All that the active packs make of a tenant."""
    scope = TenantScope(tenant_id)
    playbooks = [item.model_dump() for item in list_playbooks(database, scope).items]
    tools = [item.model_dump() for item in list_tools(database, scope).items]
    return effective_packs(database, tenant_id, explain=True), playbooks, tools


def of_others(rows: Rows, tenant_id: str) -> Rows:
    """The rows that are not this tenant's."""
    return {table: [row for row in found if row.get("tenant_id") != tenant_id] for table, found in rows.items()}


def second(database: Database) -> None:
    activate_pack(database, TENANT, PackReference.parse("domain:Trading@2"))


def test_a_rollback_restores_exactly_what_held(trade: Database) -> None:
    before = holds(trade)
    second(trade)
    changed = holds(trade)
    assert changed != before
    result = rollback_packs(trade, TENANT)
    assert (result.changed, result.activation.no, result.activation.domain_version) == (True, 3, 1)
    assert holds(trade) == before
    rollback_packs(trade, TENANT)
    assert holds(trade) == changed


def test_a_rollback_to_a_number_restores_that_pair(trade: Database) -> None:
    before = holds(trade)
    second(trade)
    put(trade, policy_edition(2))
    activate_pack(trade, TENANT, PackReference.parse(f"policy:{TENANT}@2"))
    assert rollback_packs(trade, TENANT, to=1).activation.no == 4
    assert holds(trade) == before
    assert [one.no for one in pack_history(trade, TenantScope(TENANT)).items] == [4, 3, 2, 1]


def test_a_rollback_is_journalled_with_the_pair_before_and_after(trade: Database) -> None:
    second(trade)
    rollback_packs(trade, TENANT)
    entry = list_operations(trade, limit=1).items[0]
    assert entry.tenant_id == TENANT
    assert entry.before == {"domain_version": 2, "policy_version": 1}
    assert entry.after == {"domain_version": 1, "policy_version": 1}


def test_activation_and_rollback_for_one_tenant_leave_every_row_of_the_others_alone(trade: Database) -> None:
    before = of_others(everything(trade.url), TENANT)
    seen = holds(trade, OTHER)
    assert any(row.get("tenant_id") == OTHER for row in before["pack_activation"])
    second(trade)
    assert of_others(everything(trade.url), TENANT) == before
    rollback_packs(trade, TENANT)
    assert of_others(everything(trade.url), TENANT) == before
    assert holds(trade, OTHER) == seen


@pytest.mark.parametrize(
    ("tenant_id", "to", "code"),
    [(TENANT, None, "activation_not_found"), (TENANT, 9, "activation_not_found"), ("NOPE", None, "tenant_not_found")],
)
def test_there_is_no_way_back_to_what_never_was(tenant_id: str, to: int | None, code: str, trade: Database) -> None:
    with unchanged(trade.url), pytest.raises(NotFound) as caught:
        rollback_packs(trade, tenant_id, to=to)
    assert caught.value.code == code


def test_a_rollback_of_what_is_no_longer_active_is_a_conflict(trade: Database) -> None:
    second(trade)
    with unchanged(trade.url), pytest.raises(Conflict) as caught:
        rollback_packs(trade, TENANT, seen=1)
    assert caught.value.code == "activated_meanwhile"


def test_the_history_of_all_tenants_holds_each_activation_once(trade: Database) -> None:
    found = [(one.tenant_id, one.no) for one in pack_history(trade, AllTenants()).items]
    assert sorted(found) == [(TENANT, 1), (OTHER, 1)]
