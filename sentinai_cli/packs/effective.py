"""The packs of a tenant merged, each value with the layer that sets it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.pack import PackModel
from sentinai_cli.models.pack_effective import PackLayer
from sentinai_cli.models.playbook import Playbook
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.tool import Tool, ToolOverride
from sentinai_cli.packs import overlay
from sentinai_cli.packs.pointer import pointer
from sentinai_cli.packs.severity import LAST_RESORT

_REST = ("retentionPolicies", "workflowPolicies", "routingRules", "embeddingConfig", "notificationPolicies")


@dataclass(frozen=True, slots=True)
class Setting:
    """One merged value: `place` points into the pack of its layer, `instead_of` is what the layer below says."""

    name: str
    value: Any
    layer: PackLayer
    place: str = ""
    instead_of: Any = None


def effective(domain: DomainPack, policy: PolicyPack | None) -> Iterator[Setting]:
    """Every value that decides something for the tenant, in the order types, rules, approval, guardrails, tools, rest.

    The pair must have passed packs.check.
    """
    yield from _severities(domain, policy)
    yield from _rules(domain)
    yield from _approvals(domain, policy)
    yield from _guardrails(domain, policy)
    yield from _tools(domain, policy)
    yield from _playbooks(domain, policy)
    if policy is not None:
        for key, value in policy.canonical().items():
            if key in _REST:
                yield Setting(f"/{key}", value, PackLayer.POLICY, f"/{key}")


def _severities(domain: DomainPack, policy: PolicyPack | None) -> Iterator[Setting]:
    overrides = {
        override.exception_type: (override.severity, pointer("customSeverityOverrides", number))
        for number, override in enumerate(policy.custom_severity_overrides if policy else ())
    }
    for name, kind in sorted(domain.exception_types.items()):
        here = f"{pointer('exceptionTypes', name)}/severity"
        below = kind.default_severity or LAST_RESORT
        if name in overrides:
            severity, place = overrides[name]
            yield Setting(here, severity.value, PackLayer.POLICY, place, below.value)
        elif kind.default_severity is not None:
            place = pointer("exceptionTypes", name, "defaultSeverity")
            yield Setting(here, below.value, PackLayer.DOMAIN, place)
        else:
            yield Setting(here, below.value, PackLayer.DEFAULT)
        yield from _playbook_of(domain, policy, name)


def _playbook_of(domain: DomainPack, policy: PolicyPack | None, kind: str) -> Iterator[Setting]:
    here = f"{pointer('exceptionTypes', kind)}/playbook"
    chosen, below = overlay.playbook_for(domain, policy, kind), overlay.playbook_for(domain, None, kind)
    if chosen is None:
        yield Setting(here, None, PackLayer.DEFAULT)
    elif policy is not None and chosen in policy.custom_playbooks:
        place = pointer("customPlaybooks", policy.custom_playbooks.index(chosen))
        yield Setting(here, chosen.playbook_id, PackLayer.POLICY, place, below.playbook_id if below else None)
    else:
        place = pointer("playbooks", domain.playbooks.index(chosen))
        yield Setting(here, chosen.playbook_id, PackLayer.DOMAIN, place)


def _rules(domain: DomainPack) -> Iterator[Setting]:
    general = [(pointer("severityRules", number), rule) for number, rule in enumerate(domain.severity_rules)]
    own = [
        (pointer("exceptionTypes", name, "severityRules", number), rule)
        for name, kind in sorted(domain.exception_types.items())
        for number, rule in enumerate(kind.severity_rules)
    ]
    for place, rule in (*own, *general):
        value = {"severity": rule.severity.value, "condition": rule.condition}
        yield Setting(pointer("severityRules", rule.rule_id or place), value, PackLayer.DOMAIN, place)


def _approvals(domain: DomainPack, policy: PolicyPack | None) -> Iterator[Setting]:
    for severity in Severity:
        required, place = overlay.approval(domain, policy, severity)
        below, _ = overlay.approval(domain, None, severity)
        by_policy = place.startswith(("/humanApprovalRules", "/customGuardrails", "/guardrailOverrides"))
        layer = PackLayer.POLICY if by_policy else PackLayer.DOMAIN if place else PackLayer.DEFAULT
        yield Setting(pointer("approvalRequired", severity.value), required, layer, place, below if by_policy else None)


def _guardrails(domain: DomainPack, policy: PolicyPack | None) -> Iterator[Setting]:
    holds, below = _members(overlay.guardrails(domain, policy)), _members(domain.guardrails)
    place = overlay.guardrails_place(policy)
    own = (policy.custom_guardrails or policy.guardrail_overrides) if policy else None
    replaced = policy is not None and policy.custom_guardrails is not None
    given, written = _written(own) if own else {}, _written(domain.guardrails)
    for key, value in holds.items():
        name = pointer("guardrails", key)
        if key in given:
            yield Setting(name, value, PackLayer.POLICY, f"{place}{pointer(key)}", below[key])
        elif replaced:
            yield Setting(name, value, PackLayer.POLICY, place, below[key])
        elif key in written:
            yield Setting(name, value, PackLayer.DOMAIN, pointer("guardrails", key))
        else:
            yield Setting(name, value, PackLayer.DEFAULT)


def _tools(domain: DomainPack, policy: PolicyPack | None) -> Iterator[Setting]:
    usable = overlay.tools(domain, policy)
    listed = list(policy.approved_tools) if policy is not None and policy.approved_tools is not None else None
    limits = {limit.tool_name: (n, limit) for n, limit in enumerate(policy.tool_overrides if policy else ())}
    for name, tool in sorted(domain.tools.items()):
        here = pointer("tools", name)
        if listed is None:
            yield Setting(f"{here}/approved", True, PackLayer.DEFAULT)
        else:
            place = pointer("approvedTools", listed.index(name)) if name in usable else "/approvedTools"
            yield Setting(f"{here}/approved", name in usable, PackLayer.POLICY, place, True)
        yield from _limits(name, tool, limits.get(name))


def _limits(name: str, tool: Tool, limit: tuple[int, ToolOverride] | None) -> Iterator[Setting]:
    here = pointer("tools", name)
    own, given, written = _members(tool), _members(limit[1]) if limit else {}, _written(tool)
    for key in ("timeoutSeconds", "maxRetries"):
        if limit is not None and given.get(key) is not None:
            place = pointer("toolOverrides", limit[0], key)
            yield Setting(f"{here}/{key}", given[key], PackLayer.POLICY, place, own[key])
        elif key in written:
            yield Setting(f"{here}/{key}", own[key], PackLayer.DOMAIN, f"{here}/{key}")
        elif own[key] is not None:
            yield Setting(f"{here}/{key}", own[key], PackLayer.DEFAULT)


def _playbooks(domain: DomainPack, policy: PolicyPack | None) -> Iterator[Setting]:
    replaced = {playbook.playbook_id: playbook for playbook in domain.playbooks}
    for number, playbook in enumerate(policy.custom_playbooks if policy else ()):
        name, place = pointer("playbooks", playbook.playbook_id), pointer("customPlaybooks", number)
        below = replaced.pop(playbook.playbook_id, None)
        yield Setting(name, _steps(playbook), PackLayer.POLICY, place, _steps(below) if below else None)
    for number, playbook in enumerate(domain.playbooks):
        if playbook.playbook_id in replaced:
            name = pointer("playbooks", playbook.playbook_id)
            yield Setting(name, _steps(playbook), PackLayer.DOMAIN, pointer("playbooks", number))


def _steps(playbook: Playbook) -> list[str]:
    return [step.action for step in playbook.steps]


def _members(model: PackModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True)


def _written(model: PackModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
