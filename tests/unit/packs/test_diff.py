"""Two packs are compared by what they declare; the patch makes the one of the other."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sentinai_cli.models.pack_diff import ChangeKind, PackChange
from sentinai_cli.packs.diff import pack_changes
from sentinai_cli.packs.json_patch import json_patch
from tests.unit.packs.document import domain, policy, trading, trading_policy

_SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b/c", "~"]) | st.just(1.5)
_DOCUMENTS = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["a", "b", "c/d", "~e"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def patched(document: Any, patch: tuple[dict[str, Any], ...]) -> Any:
    """RFC 6902, as far as add, remove and replace go."""
    root = {"": copy.deepcopy(document)}
    for operation in patch:
        steps = ["", *(step.replace("~1", "/").replace("~0", "~") for step in operation["path"].split("/")[1:])]
        target: Any = root
        for step in steps[:-1]:
            target = target[int(step) if isinstance(target, list) else step]
        last: Any = int(steps[-1]) if isinstance(target, list) else steps[-1]
        if operation["op"] == "remove":
            del target[last]
        elif operation["op"] == "add" and isinstance(target, list):
            assert last <= len(target)
            target.insert(last, operation["value"])
        else:
            assert operation["op"] == "add" or last in target or isinstance(target, list)
            target[last] = operation["value"]
    return root[""]


@given(_DOCUMENTS, _DOCUMENTS)
@hypothesis_settings(max_examples=300)
def test_a_patch_makes_the_one_document_of_the_other(before: Any, after: Any) -> None:
    patch = json_patch(before, after)
    found = patched(before, patch)
    assert found == after
    assert str(found) == str(after) or isinstance(after, dict | list)  # 1 is not true
    assert bool(patch) == (str(before) != str(after)) or isinstance(before, dict | list)


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[PackChange]:
    return list(pack_changes(domain(before).canonical(), domain(after).canonical()))


def told(found: list[PackChange]) -> list[tuple[str, str, str]]:
    return [(change.section, change.name, change.kind.value) for change in found]


def test_equal_packs_do_not_differ() -> None:
    assert changes(trading(), trading()) == []


def test_each_thing_that_changed_is_named_with_the_values_before_and_after() -> None:
    after = trading()
    after["version"] = "2"
    after["exceptionTypes"]["NEW_TYPE"] = {"description": "New."}
    after["exceptionTypes"]["CASH_BREAK"]["description"] = "Cash is off."
    del after["tools"]["getOrder"]["maxRetries"]
    after["severityRules"][0]["severity"] = "CRITICAL"
    after["guardrails"]["humanApprovalThreshold"] = 0.5
    after["playbooks"][1]["steps"].append({"action": "openCase"})
    found = changes(trading(), after)
    assert told(found) == [
        ("type", "CASH_BREAK", "changed"),
        ("type", "NEW_TYPE", "added"),
        ("tool", "getOrder", "changed"),
        ("rule", "exceptionType == 'SETTLEMENT_FAIL'", "changed"),
        ("playbook", "PB_SETTLEMENT_FAIL_2", "changed"),
        ("guardrail", "humanApprovalThreshold", "changed"),
        ("pack", "version", "added"),
    ]
    details = {change.name: [(d.pointer, d.before, d.after) for d in change.details] for change in found}
    assert details["CASH_BREAK"] == [("/description", "Cash differs.", "Cash is off.")]
    assert details["getOrder"] == [("/maxRetries", 2, None)]
    assert details["humanApprovalThreshold"] == [("", 0.9, 0.5)]


def test_an_order_that_decides_is_a_change() -> None:
    before, after = trading(), trading()
    for pack in (before, after):
        pack["severityRules"] = [{"ruleId": name, "condition": "true", "severity": "low"} for name in "abc"]
    after["severityRules"].reverse()
    found = changes(before, after)
    assert {change.kind for change in found} == {ChangeKind.MOVED}
    assert len(found) == 2


def test_approving_tools_for_the_first_time_is_told_as_one_change() -> None:
    before, after = trading_policy(), trading_policy()
    del before["approvedTools"]
    found = pack_changes(policy(before).canonical(), policy(after).canonical())
    assert told(list(found)) == [("approved tool", "approvedTools", "added")]
    after["approvedTools"] = ["openCase"]
    found = pack_changes(policy(trading_policy()).canonical(), policy(after).canonical())
    assert told(list(found)) == [("approved tool", "getOrder", "removed")]


def test_rules_that_say_the_same_are_told_apart() -> None:
    before, after = trading(), trading()
    before["severityRules"] = [{"condition": "true", "severity": "low"}] * 2
    after["severityRules"] = [{"condition": "true", "severity": "low"}]
    assert told(changes(before, after)) == [("rule", "true #2", "removed")]
