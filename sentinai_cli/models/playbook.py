"""A playbook: the steps that resolve exceptions of some types."""

from typing import Annotated

from pydantic import Field

from sentinai_cli.models.pack import Document, Name, PackModel, Words


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
