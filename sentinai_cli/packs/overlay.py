"""What holds for a tenant: its policy pack laid over its domain pack."""

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.guardrail import Guardrails
from sentinai_cli.models.playbook import Playbook
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.tool import Tool
from sentinai_cli.packs.pointer import pointer


def playbook_for(domain: DomainPack, policy: PolicyPack | None, exception_type: str) -> Playbook | None:
    """The tenant's playbook for the type, else the domain's; of several in one pack the first."""
    for playbook in playbooks(domain, policy):
        if exception_type in playbook.exception_types:
            return playbook
    return None


def playbooks(domain: DomainPack, policy: PolicyPack | None) -> tuple[Playbook, ...]:
    """Every playbook that some type may get, the tenant's first; the domain's by the same id gives way."""
    custom = policy.custom_playbooks if policy else ()
    taken = {playbook.playbook_id for playbook in custom}
    return (*custom, *(playbook for playbook in domain.playbooks if playbook.playbook_id not in taken))


def guardrails(domain: DomainPack, policy: PolicyPack | None) -> Guardrails:
    """The tenant's own as a whole, else the domain's with the tenant's single changes."""
    if policy is None:
        return domain.guardrails
    if policy.custom_guardrails is not None:
        return policy.custom_guardrails
    if policy.guardrail_overrides is None:
        return domain.guardrails
    return domain.guardrails.model_copy(update=dict(_given(policy.guardrail_overrides)))


def approval_required(domain: DomainPack, policy: PolicyPack | None, severity: Severity) -> bool:
    """Whether a person decides. Critical always; else as the tenant's rule says, else as the guardrails say."""
    return approval(domain, policy, severity)[0]


def approval(domain: DomainPack, policy: PolicyPack | None, severity: Severity) -> tuple[bool, str]:
    """Whether a person decides, and the pointer of what says so; empty where no pack does."""
    if severity is Severity.CRITICAL:
        return True, ""
    for number, rule in enumerate(policy.human_approval_rules if policy else ()):
        if rule.severity is severity:
            return rule.require_approval, pointer("humanApprovalRules", number)
    rails, place = guardrails(domain, policy), guardrails_place(policy)
    if severity in rails.no_auto_action_if_severity_in:
        return True, f"{place}/noAutoActionIfSeverityIn"
    named = {name.lower() for name in rails.require_human_approval_for}
    return severity.value in named, f"{place}/requireHumanApprovalFor" if severity.value in named else ""


def guardrails_place(policy: PolicyPack | None) -> str:
    """The member that a tenant's guardrails stand in, of its policy pack; else that of the domain pack."""
    if policy is None or (policy.custom_guardrails is None and policy.guardrail_overrides is None):
        return "/guardrails"
    return "/customGuardrails" if policy.custom_guardrails is not None else "/guardrailOverrides"


def tools(domain: DomainPack, policy: PolicyPack | None) -> dict[str, Tool]:
    """The tools that the tenant approved, with its limits, by name in name order."""
    approved = domain.tools.keys() if policy is None or policy.approved_tools is None else set(policy.approved_tools)
    limits = {override.tool_name: override for override in (policy.tool_overrides if policy else ())}
    effective = {}
    for name in sorted(domain.tools.keys() & approved):
        tool = domain.tools[name]
        if name in limits:
            changes = {key: value for key, value in _given(limits[name]) if key != "tool_name"}
            tool = tool.model_copy(update=changes)
        effective[name] = tool
    return effective


def _given(overrides: object) -> list[tuple[str, object]]:
    return [(key, value) for key, value in vars(overrides).items() if value is not None]
