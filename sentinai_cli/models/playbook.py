"""A playbook: the steps that resolve exceptions of some types, as a pack declares it and as a tenant has it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.pack import Document, Name, PackModel, Words
from sentinai_cli.models.pack_version import PackKind
from sentinai_cli.models.result import ListResult


class Step(PackModel):
    """`action` is a tool's name, a built-in action or a sentence for people. Steps are numbered from 1 in order."""

    step_id: Words | None = None
    action: Words
    description: Words | None = None
    parameters: Document = Field(default={})


class Playbook(PackModel):
    """`playbookId` is stable text. `approved` playbooks may run without a person where the guardrails allow it."""

    playbook_id: Name
    name: Words | None = None
    description: Words | None = None
    exception_types: Annotated[tuple[Name, ...], Field(min_length=1)]
    approved: bool = False
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    success_criteria: tuple[Words, ...] = ()


class ActionType(StrEnum):
    """Who takes a step: a tool of the pack, the platform itself, or a person."""

    TOOL = "tool"
    BUILT_IN = "built_in"
    MANUAL = "manual"


class PlaybookStep(Model):
    """A step of a tenant's playbook. `step_order` counts from 1; `tool_name` is only there for a tool's step."""

    step_order: int
    name: str
    action_type: ActionType
    action: str
    tool_name: str | None
    description: str | None
    params: dict[str, object]


class PlaybookVersion(Model):
    """One content of a tenant's playbook. At most one version is active; the others are what exceptions began under.

    `origin` is the kind of pack that declares it and `origin_version` the first of its versions with this content.
    """

    tenant_id: str
    playbook_id: str
    version: int
    name: str | None
    description: str | None
    exception_types: tuple[str, ...]
    approved: bool
    success_criteria: tuple[str, ...]
    origin: PackKind
    origin_version: int
    checksum: str
    active: bool
    created_at: Moment


class PlaybookList(ListResult[PlaybookVersion]):
    """Playbooks by tenant and id."""


class StepState(PlaybookStep):
    """A step, and whether its tool may be used now; None where no tool is needed."""

    tool_usable: bool | None


class PlaybookDetail(PlaybookVersion):
    """A playbook with its steps in order, and for how many unresolved exceptions it is the current one."""

    steps: tuple[StepState, ...]
    in_use: int
