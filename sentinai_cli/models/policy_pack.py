"""A policy pack: one tenant's overlay on its domain pack."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.guardrail import GuardrailOverrides, Guardrails
from sentinai_cli.models.pack import Document, Name, Pack, PackModel, PackSeverity, Words
from sentinai_cli.models.playbook import Playbook
from sentinai_cli.models.tenant import check_tenant_id
from sentinai_cli.models.tool import ToolOverride


def _tenant_id(text: str) -> str:
    try:
        return check_tenant_id(text)
    except InvalidInput as error:
        raise ValueError(error.why) from None


class SeverityOverride(PackModel):
    """The tenant's last word on one type: no rule is asked."""

    exception_type: Name
    severity: PackSeverity


class ApprovalRule(PackModel):
    severity: PackSeverity
    require_approval: bool


class Retention(PackModel):
    """`dataTTL` is in whole days."""

    data_ttl: Annotated[int, Field(gt=0)] | None = Field(default=None, alias="dataTTL")


class Embedding(PackModel):
    """`apiKey` is a reference, `env:NAME` or `file:PATH`, never the key itself."""

    provider: Words
    model: Words
    api_key: Words | None = None
    dimension: Annotated[int, Field(gt=0)] | None = None


class WorkflowPolicies(PackModel):
    """How the tenant's people work; stored for them, decides no severity."""

    approved_business_processes: tuple[Words, ...] = ()
    escalation_queue: Words | None = None
    aging_thresholds: Document = Field(default={})


class PolicyPack(Pack):
    """`domainName` None means the tenant's domain. `approvedTools` None means every tool of the domain pack.

    `customGuardrails` replace the domain's as a whole, `guardrailOverrides` change single ones; not both.
    A custom playbook takes the place of the domain's for the types it names.
    """

    tenant_id: Annotated[str, AfterValidator(_tenant_id)]
    domain_name: Name | None = None
    custom_severity_overrides: tuple[SeverityOverride, ...] = ()
    custom_guardrails: Guardrails | None = None
    guardrail_overrides: GuardrailOverrides | None = None
    approved_tools: tuple[Name, ...] | None = None
    tool_overrides: tuple[ToolOverride, ...] = ()
    human_approval_rules: tuple[ApprovalRule, ...] = ()
    retention_policies: Retention | None = None
    custom_playbooks: tuple[Playbook, ...] = ()
    workflow_policies: WorkflowPolicies | None = None
    routing_rules: object = None
    embedding_config: Embedding | None = None
    notification_policies: Document | None = None

    @model_validator(mode="after")
    def _one_way_to_change_guardrails(self) -> "PolicyPack":
        if self.custom_guardrails is not None and self.guardrail_overrides is not None:
            raise ValueError("customGuardrails and guardrailOverrides together; keep one of them")
        return self
