"""A tool: an action that a playbook's step may call, as a pack declares it and as a tenant has it."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, computed_field

from sentinai_cli.models.base import Model
from sentinai_cli.models.pack import Document, Name, PackModel, Words
from sentinai_cli.models.result import ListResult

Seconds = Annotated[float, Field(ge=0, le=86_400)]
Retries = Annotated[int, Field(ge=0, le=100)]


class ToolType(StrEnum):
    WEBHOOK = "webhook"
    REST = "rest"
    EMAIL = "email"
    WORKFLOW = "workflow"


class Tool(PackModel):
    """`parameters` and `returns` describe the call; `group` is how some packs sort their tools."""

    description: Words | None = None
    type: ToolType = ToolType.REST
    endpoint: Words | None = None
    parameters: Document = Field(default={})
    returns: object = None
    version: Words = "1.0.0"
    timeout_seconds: Seconds | None = None
    max_retries: Retries = 3
    group: Literal["dbQueries", "apiActions", "workflowActions"] | None = None


class ToolOverride(PackModel):
    """A tenant's own limits for one tool; None keeps the tool's."""

    tool_name: Name
    timeout_seconds: Seconds | None = None
    max_retries: Retries | None = None


class ToolDefinition(Model):
    """A tool as a tenant has it. `config` is the pack's declaration with the tenant's limits, secrets masked.

    `in_pack`: the active domain pack declares it. `approved`: the active policy pack lets the tenant use it.
    `enabled`: no operator switched it off. It is usable when all three hold.
    """

    tenant_id: str
    name: str
    type: ToolType
    config: dict[str, object]
    domain: str
    origin_version: int
    in_pack: bool
    approved: bool
    enabled: bool

    @computed_field  # type: ignore[prop-decorator]
    @property
    def usable(self) -> bool:
        """Whether a step may call it."""
        return self.in_pack and self.approved and self.enabled


class ToolList(ListResult[ToolDefinition]):
    """Tools by tenant and name."""


class ToolSwitched(Model):
    """`changed` is False when the tool was in that state already."""

    changed: bool
    tool: ToolDefinition
