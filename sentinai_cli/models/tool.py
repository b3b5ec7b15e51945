"""A tool: an action that a playbook's step may call."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from sentinai_cli.models.pack import Document, Name, PackModel, Words

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
