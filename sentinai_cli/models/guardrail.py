"""Guardrails: what may happen without a person."""

from typing import Annotated

from pydantic import Field

from sentinai_cli.models.pack import PackModel, PackSeverity, Words

Share = Annotated[float, Field(ge=0, le=1)]
"""A confidence from 0 to 1."""


class Guardrails(PackModel):
    """Below `humanApprovalThreshold` of confidence a person decides, below `escalateIfConfidenceBelow` a senior one.

    Severities of `noAutoActionIfSeverityIn` always need approval. `requireHumanApprovalFor` names actions, types or
    severities that do.
    """

    allow_lists: tuple[Words, ...] = ()
    block_lists: tuple[Words, ...] = ()
    human_approval_threshold: Share = 0.8
    no_auto_action_if_severity_in: tuple[PackSeverity, ...] = ()
    auto_action_allowed_only_for_approved_playbooks: bool = False
    require_human_approval_for: tuple[Words, ...] = ()
    max_auto_retries: Annotated[int, Field(ge=0)] | None = None
    escalate_if_confidence_below: Share | None = None


class GuardrailOverrides(PackModel):
    """A tenant's changes to the domain's guardrails, one by one; None keeps the domain's."""

    allow_lists: tuple[Words, ...] | None = None
    block_lists: tuple[Words, ...] | None = None
    human_approval_threshold: Share | None = None
    no_auto_action_if_severity_in: tuple[PackSeverity, ...] | None = None
    auto_action_allowed_only_for_approved_playbooks: bool | None = None
    require_human_approval_for: tuple[Words, ...] | None = None
    max_auto_retries: Annotated[int, Field(ge=0)] | None = None
    escalate_if_confidence_below: Share | None = None
