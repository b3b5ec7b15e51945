"""What a pack's shape cannot say: that the names it uses exist, and that its conditions compile.

The findings point into the canonical document; packs.reader turns them into the places that the author wrote.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.exception_type import SeverityRule
from sentinai_cli.models.guardrail import Guardrails
from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.models.playbook import Playbook, Step
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.packs import overlay
from sentinai_cli.packs.conditions import Condition, InvalidCondition
from sentinai_cli.packs.finding import MAX_FINDINGS, nearest
from sentinai_cli.packs.member import Members, members_of_any, members_of_type
from sentinai_cli.packs.pointer import pointer

BUILT_IN_ACTIONS = frozenset({"call_tool", "notify", "assign_owner", "set_status", "add_comment", "request_approval"})
_CONDITION = "CEL over exceptionType, severity, sourceSystem, amount, rawPayload and context, true or false"
_TOOL_PARAMETERS = ("tool", "toolName", "tool_name")
_BARE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TOOL_CALL = re.compile(r"\b(?:call_?)?tool\(\s*['\"]([^'\"]+)['\"]\s*\)", re.IGNORECASE)
_TYPE_COMPARED = re.compile(r"""exceptionType\s*[!=]=\s*(['"])(.*?)\1|(['"])([^'"]*)\3\s*[!=]=\s*exceptionType""")
_TYPE_LISTED = re.compile(r"exceptionType\s+in\s+\[([^\]]*)\]")
_QUOTED = re.compile(r"""(['"])(.*?)\1""")


def check_domain_pack(pack: DomainPack) -> tuple[Finding, ...]:
    """Everything in the pack that names something it does not have, says a thing twice, or does not compile."""
    found = chain(_entities(pack), _types(pack), _rules(pack), _domain_playbooks(pack), _suites(pack))
    return tuple(islice(found, MAX_FINDINGS))


def check_policy_pack(policy: PolicyPack, domain_pack: DomainPack) -> tuple[Finding, ...]:
    """Everything in the policy pack that does not fit the domain pack it lies on."""
    found = chain(
        _policy_domain(policy, domain_pack),
        _overrides(policy, domain_pack),
        _policy_tools(policy, domain_pack),
        _approvals(policy),
        _policy_playbooks(policy, domain_pack),
        _conflicts(overlay.guardrails(domain_pack, policy), _guardrails_place(policy)),
    )
    return tuple(islice(found, MAX_FINDINGS))


def _entities(pack: DomainPack) -> Iterator[Finding]:
    for name, entity in pack.entities.items():
        for index, key in enumerate(entity.keys):
            if key not in entity.attributes:
                yield _unknown(pointer("entities", name, "keys", index), "attribute", key, entity.attributes)


def _types(pack: DomainPack) -> Iterator[Finding]:
    for name, kind in pack.exception_types.items():
        for index, entity in enumerate(kind.entities):
            if entity not in pack.entities:
                yield _unknown(pointer("exceptionTypes", name, "entities", index), "entity", entity, pack.entities)


def _rules(pack: DomainPack) -> Iterator[Finding]:
    general = members_of_any(pack)
    rules = [(pointer("severityRules", number), rule, general) for number, rule in enumerate(pack.severity_rules)]
    for name, kind in pack.exception_types.items():
        own = members_of_type(pack, name) if kind.severity_rules else {}
        for number, rule in enumerate(kind.severity_rules):
            rules.append((pointer("exceptionTypes", name, "severityRules", number), rule, own))
    yield from _repeated("ruleId", ((f"{place}/ruleId", rule.rule_id) for place, rule, _ in rules if rule.rule_id))
    for place, rule, members in rules:
        yield from _condition(f"{place}/condition", rule, members, pack)


def _condition(place: str, rule: SeverityRule, members: Members, pack: DomainPack) -> Iterator[Finding]:
    try:
        Condition.compile(rule.condition, members)
    except InvalidCondition as error:
        yield Finding(pointer=place, problem=f"not a condition: {error}", expected=_CONDITION)
        return
    for kind in _types_named(rule.condition):
        if kind not in pack.exception_types:
            yield _unknown(place, "exception type", kind, pack.exception_types)


def _types_named(condition: str) -> Iterator[str]:
    for match in _TYPE_COMPARED.finditer(condition):
        yield match[2] if match[1] else match[4]
    for match in _TYPE_LISTED.finditer(condition):
        yield from (quoted[2] for quoted in _QUOTED.finditer(match[1]))


def _domain_playbooks(pack: DomainPack) -> Iterator[Finding]:
    yield from _playbooks("playbooks", pack.playbooks, pack, pack.tools)
    yield from _conflicts(pack.guardrails, "/guardrails")


def _policy_playbooks(policy: PolicyPack, pack: DomainPack) -> Iterator[Finding]:
    yield from _playbooks("customPlaybooks", policy.custom_playbooks, pack, overlay.tools(pack, policy))


def _playbooks(key: str, playbooks: Iterable[Playbook], pack: DomainPack, tools: Collection[str]) -> Iterator[Finding]:
    listed = [(pointer(key, number), playbook) for number, playbook in enumerate(playbooks)]
    yield from _repeated("playbookId", ((f"{place}/playbookId", book.playbook_id) for place, book in listed))
    for place, playbook in listed:
        for index, kind in enumerate(playbook.exception_types):
            if kind not in pack.exception_types:
                yield _unknown(f"{place}/exceptionTypes/{index}", "exception type", kind, pack.exception_types)
        steps = [(f"{place}/steps/{index}", step) for index, step in enumerate(playbook.steps)]
        yield from _repeated("stepId", ((f"{at}/stepId", step.step_id) for at, step in steps if step.step_id))
        for at, step in steps:
            yield from (
                _unknown(f"{at}/{where}", "approved tool" if name in pack.tools else "tool", name, tools)
                for where, name in tools_named(step)
                if name not in tools
            )


def tools_named(step: Step) -> list[tuple[str, str]]:
    """The tools that a step calls, with the member that says so. A sentence names none."""
    named = [
        (f"parameters/{key}", name) for key in _TOOL_PARAMETERS if isinstance(name := step.parameters.get(key), str)
    ]
    called = _TOOL_CALL.search(step.action)
    if called:
        named.append(("action", called[1]))
    elif _BARE_NAME.fullmatch(step.action) and step.action not in BUILT_IN_ACTIONS:
        named.append(("action", step.action))
    return named


def _conflicts(rails: Guardrails, place: str) -> Iterator[Finding]:
    for index, name in enumerate(rails.block_lists):
        if name in rails.allow_lists:
            yield Finding(pointer=f"{place}/blockLists/{index}", problem=f"{name!r} is on the allow list too")


def _suites(pack: DomainPack) -> Iterator[Finding]:
    ids = {playbook.playbook_id for playbook in pack.playbooks}
    listed = [(pointer("testSuites", number), suite) for number, suite in enumerate(pack.test_suites)]
    yield from _repeated("suiteId", ((f"{place}/suiteId", suite.suite_id) for place, suite in listed))
    for place, suite in listed:
        cases = [(f"{place}/cases/{number}", case) for number, case in enumerate(suite.cases)]
        yield from _repeated("caseId", ((f"{at}/caseId", case.case_id) for at, case in cases if case.case_id))
        for at, case in cases:
            kind, wanted = case.input.exception_type, case.expected_output.playbook_id
            if kind not in pack.exception_types:
                yield _unknown(f"{at}/input/exceptionType", "exception type", kind, pack.exception_types)
            if wanted is not None and wanted not in ids:
                yield _unknown(f"{at}/expectedOutput/playbookId", "playbook", wanted, ids)


def _policy_domain(policy: PolicyPack, pack: DomainPack) -> Iterator[Finding]:
    if policy.domain_name not in {None, pack.domain_name}:
        yield Finding(
            pointer="/domainName",
            problem=f"is {policy.domain_name!r}, the domain pack is for another domain",
            expected=repr(pack.domain_name),
        )


def _overrides(policy: PolicyPack, pack: DomainPack) -> Iterator[Finding]:
    listed = [
        (pointer("customSeverityOverrides", number, "exceptionType"), override.exception_type)
        for number, override in enumerate(policy.custom_severity_overrides)
    ]
    yield from _repeated("exceptionType", listed)
    for place, kind in listed:
        if kind not in pack.exception_types:
            yield _unknown(place, "exception type", kind, pack.exception_types)


def _policy_tools(policy: PolicyPack, pack: DomainPack) -> Iterator[Finding]:
    approved = [(pointer("approvedTools", number), name) for number, name in enumerate(policy.approved_tools or ())]
    limits = [
        (pointer("toolOverrides", number, "toolName"), override.tool_name)
        for number, override in enumerate(policy.tool_overrides)
    ]
    for what, listed in (("tool", approved), ("toolName", limits)):
        yield from _repeated(what, listed)
        for place, name in listed:
            if name not in pack.tools:
                yield _unknown(place, "tool", name, pack.tools)


def _approvals(policy: PolicyPack) -> Iterator[Finding]:
    listed = [(pointer("humanApprovalRules", number), rule) for number, rule in enumerate(policy.human_approval_rules)]
    yield from _repeated("severity", ((f"{place}/severity", rule.severity.value) for place, rule in listed))
    for place, rule in listed:
        if rule.severity is Severity.CRITICAL and not rule.require_approval:
            yield Finding(
                pointer=f"{place}/requireApproval",
                problem="a critical exception always needs approval",
                expected="true",
            )


def _guardrails_place(policy: PolicyPack) -> str:
    return "/customGuardrails" if policy.custom_guardrails is not None else "/guardrailOverrides"


def _repeated(what: str, named: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for place, name in named:
        seen[name] += 1
        if seen[name] == 2:
            yield Finding(pointer=place, problem=f"{what} {name!r} stands twice")


def _unknown(place: str, what: str, name: str, known: Collection[str]) -> Finding:
    return Finding(pointer=place, problem=f"no {what} is called {name[:80]!r}", suggestion=nearest(name, known))
