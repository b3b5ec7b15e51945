"""Playbooks and tools are made of the active packs, and only of those."""

import json
from typing import Any

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, InvalidInput, NotFound, Refused
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.playbook import ActionType
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.operation import list_operations
from sentinai_cli.services.pack_activation import activate_pack, activate_packs, rollback_packs
from sentinai_cli.services.pack_history import pack_history
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.playbook import list_playbooks, show_playbook
from sentinai_cli.services.tool import list_tools, show_tool, switch_tool
from tests.services.packs import TENANT, policy_edition, put, traders, trading_edition
from tests.services.rows import everything, unchanged
from tests.unit.packs.document import as_bytes

TABLES = ("playbook", "playbook_step", "tool_definition")
OTHER = "TENANT_B"


@pytest.fixture
def trade(database: Database) -> Database:
    """Two tenants under the first edition; a second one with another step and another tool."""
    traders(database, TENANT, OTHER)
    put(database, policy_edition(1))
    second = trading_edition(2)
    second["playbooks"][0]["steps"].append({"action": "closeCase"})
    second["tools"]["closeCase"] = {"description": "Closes a case.", "endpoint": "https://cases.example.com"}
    del second["tools"]["getOrder"]["maxRetries"]
    put(database, second)
    for tenant_id in (TENANT, OTHER):
        activate(database, tenant_id, "domain:Trading@1")
    return database


def activate(database: Database, tenant_id: str, text: str) -> None:
    activate_pack(database, tenant_id, PackReference.parse(text))


def made(database: Database, tenant_id: str) -> dict[str, list[dict[str, object]]]:
    """What is in use of one tenant: active playbooks and their steps, tools of the pack."""
    rows = everything(database.url)
    own = {table: [row for row in rows[table] if row["tenant_id"] == tenant_id] for table in TABLES}
    active = {(row["playbook_id"], row["version"]) for row in own["playbook"] if row["active"]}
    own["playbook"] = [row for row in own["playbook"] if row["active"]]
    own["playbook_step"] = [row for row in own["playbook_step"] if (row["playbook_id"], row["version"]) in active]
    own["tool_definition"] = [row for row in own["tool_definition"] if row["in_pack"]]
    return own


def test_activation_makes_the_playbooks_with_their_steps_in_order(trade: Database) -> None:
    listed = list_playbooks(trade, TenantScope(TENANT)).items
    assert [item.playbook_id for item in listed] == ["PB_SETTLEMENT_FAIL", "PB_SETTLEMENT_FAIL_2"]
    shown = show_playbook(trade, TenantScope(TENANT), "PB_SETTLEMENT_FAIL")
    assert [(step.step_order, step.name, step.action_type, step.tool_name) for step in shown.steps] == [
        (1, "1", ActionType.TOOL, "getOrder"),
        (2, "step-2", ActionType.TOOL, "openCase"),
        (3, "step-3", ActionType.MANUAL, None),
    ]
    assert [step.tool_usable for step in shown.steps] == [True, True, None]


def test_activating_again_changes_no_row(trade: Database) -> None:
    before = made(trade, TENANT)
    activate(trade, TENANT, "domain:Trading@1")
    assert made(trade, TENANT) == before


def test_activation_for_one_tenant_leaves_the_other_bit_identical(trade: Database) -> None:
    before = everything(trade.url)
    activate(trade, TENANT, "domain:Trading@2")
    activate(trade, TENANT, f"policy:{TENANT}")
    after = everything(trade.url)
    for table in (*TABLES, "pack_activation", "tenant"):
        assert [r for r in after[table] if r["tenant_id"] == OTHER] == [
            r for r in before[table] if r["tenant_id"] == OTHER
        ]
    assert made(trade, TENANT) != made(trade, OTHER)


def test_rolling_back_restores_exactly_what_was_and_can_be_rolled_back(trade: Database) -> None:
    switch_tool(trade, TENANT, "openCase", enabled=False)
    first = made(trade, TENANT)
    activate(trade, TENANT, "domain:Trading@2")
    activate(trade, TENANT, f"policy:{TENANT}")
    second = made(trade, TENANT)
    back = rollback_packs(trade, TENANT, to=1)
    assert made(trade, TENANT) == first
    assert (back.activation.no, back.activation.domain_version, back.activation.policy_version) == (4, 1, None)
    again = rollback_packs(trade, TENANT)
    assert made(trade, TENANT) == second
    assert (again.activation.domain_version, again.activation.policy_version) == (2, 1)
    assert [item.no for item in pack_history(trade, TenantScope(TENANT)).items] == [5, 4, 3, 2, 1]


def test_a_rollback_without_anything_before_is_refused_and_changes_nothing(trade: Database) -> None:
    with unchanged(trade.url), pytest.raises(NotFound):
        rollback_packs(trade, TENANT)
    with unchanged(trade.url), pytest.raises(NotFound):
        rollback_packs(trade, TENANT, to=7)
    with unchanged(trade.url), pytest.raises(Conflict):
        rollback_packs(trade, TENANT, to=1, seen=9)


def test_what_became_active_meanwhile_is_not_overwritten_unseen(trade: Database) -> None:
    activate(trade, TENANT, "domain:Trading@2")
    with unchanged(trade.url), pytest.raises(Conflict) as caught:
        activate_packs(trade, AllTenants(), PackReference.parse("domain:Trading@1"), seen={TENANT: 1, OTHER: 1})
    assert caught.value.code == "activated_meanwhile"


def test_a_failure_for_one_tenant_leaves_all_as_they_were(trade: Database) -> None:
    activate(trade, OTHER, "domain:Trading@2")
    seen: dict[str, int | None] = {TENANT: 1, OTHER: 1}
    with unchanged(trade.url), pytest.raises(Conflict):
        activate_packs(trade, AllTenants(), PackReference.parse("domain:Trading@2"), seen=seen)


def test_a_playbook_is_found_by_type_and_by_an_earlier_version(trade: Database) -> None:
    activate(trade, TENANT, "domain:Trading@2")
    activate(trade, TENANT, f"policy:{TENANT}")
    cash = list_playbooks(trade, TenantScope(TENANT), exception_type="CASH_BREAK").items
    assert [(item.playbook_id, item.origin.value) for item in cash] == [(f"PB_{TENANT}_CASH_BREAK", "policy")]
    assert list_playbooks(trade, TenantScope(TENANT), exception_type="CASH").items == ()
    assert len(show_playbook(trade, TenantScope(TENANT), "PB_SETTLEMENT_FAIL").steps) == 4
    old = show_playbook(trade, TenantScope(TENANT), "PB_SETTLEMENT_FAIL", version=1)
    assert (len(old.steps), old.active) == (3, False)
    every = list_playbooks(trade, TenantScope(TENANT), every=True).items
    assert [item.version for item in every if item.playbook_id == "PB_SETTLEMENT_FAIL"] == [1, 2]


def test_an_id_that_several_tenants_have_needs_a_tenant(trade: Database) -> None:
    with pytest.raises(InvalidInput, match="2 tenants"):
        show_playbook(trade, AllTenants(), "PB_SETTLEMENT_FAIL")
    with pytest.raises(InvalidInput, match="2 tenants"):
        show_tool(trade, AllTenants(), "openCase")
    with pytest.raises(NotFound):
        show_playbook(trade, TenantScope(TENANT), "PB_NOPE")
    with pytest.raises(NotFound):
        show_tool(trade, TenantScope(TENANT), "nope")
    with pytest.raises(NotFound):
        list_tools(trade, TenantScope("NOPE"))


def test_a_tool_is_usable_when_the_pack_has_it_the_policy_approves_it_and_nobody_switched_it_off(
    trade: Database,
) -> None:
    def usable() -> dict[str, bool]:
        return {tool.name: tool.usable for tool in list_tools(trade, TenantScope(TENANT)).items}

    assert usable() == {"getOrder": True, "openCase": True}
    strict = policy_edition(3) | {"approvedTools": ["openCase"], "toolOverrides": [], "customPlaybooks": []}
    import_pack(trade, as_bytes(strict), source="policy.json")
    activate(trade, TENANT, f"policy:{TENANT}")
    assert usable() == {"getOrder": False, "openCase": True}
    with pytest.raises(Refused):
        switch_tool(trade, TENANT, "getOrder", enabled=True)
    assert switch_tool(trade, TENANT, "openCase", enabled=False).changed
    assert not switch_tool(trade, TENANT, "openCase", enabled=False).changed
    assert usable() == {"getOrder": False, "openCase": False}
    activate(trade, TENANT, "domain:Trading@2")
    assert usable() == {"getOrder": False, "openCase": False, "closeCase": False}
    assert switch_tool(trade, TENANT, "openCase", enabled=True).tool.usable


def test_a_switch_is_in_the_journal_and_concerns_one_tenant(trade: Database) -> None:
    switch_tool(trade, TENANT, "openCase", enabled=False)
    entry = list_operations(trade, limit=1).items[0]
    assert (entry.tenant_id, entry.before["enabled"], entry.after["enabled"]) == (TENANT, True, False)
    assert show_tool(trade, TenantScope(OTHER), "openCase").usable
    steps = show_playbook(trade, TenantScope(TENANT), "PB_SETTLEMENT_FAIL").steps
    assert [step.tool_usable for step in steps] == [True, False, None]


def test_the_tenants_limits_are_in_its_tools(trade: Database) -> None:
    activate(trade, TENANT, f"policy:{TENANT}")
    config = show_tool(trade, TenantScope(TENANT), "getOrder").config
    assert (config["timeoutSeconds"], config["maxRetries"]) == (30, 0)
    assert show_tool(trade, TenantScope(OTHER), "getOrder").config["timeoutSeconds"] == 5


def test_what_seeded_exceptions_refer_to_is_there(untouched: Database) -> None:
    rows = everything(untouched.url)
    active: dict[tuple[Any, Any], int] = {
        (row["tenant_id"], row["playbook_id"]): row["version"]  # type: ignore[misc]
        for row in rows["playbook"]
        if row["active"]
    }
    steps = {(row["tenant_id"], row["playbook_id"], row["version"], row["step_order"]) for row in rows["playbook_step"]}
    referring = [row for row in rows["exception"] if row["current_playbook_id"] is not None]
    assert referring
    for row in referring:
        key = row["tenant_id"], row["current_playbook_id"]
        assert key in active
        assert row["current_step"] is None or (*key, active[key], row["current_step"]) in steps


def test_steps_without_a_name_get_one_that_no_author_took(database: Database) -> None:
    traders(database, TENANT)
    pack = trading_edition(3)
    pack["playbooks"] = [
        {"exceptionType": "CASH_BREAK", "steps": [{"action": "notify"}, {"stepId": "step-1", "action": "openCase"}]}
    ]
    import_pack(database, json.dumps(pack).encode(), source="pack.json")
    activate(database, TENANT, "domain:Trading")
    steps = show_playbook(database, TenantScope(TENANT), "PB_CASH_BREAK").steps
    assert [(step.name, step.action_type.value) for step in steps] == [("step-1-", "built_in"), ("step-1", "tool")]
