"""A pack's own tests: exception records and what the pack must decide about them."""

from typing import Annotated

from pydantic import Field, model_validator

from sentinai_cli.models.base import Model
from sentinai_cli.models.pack import Amount, Document, Name, PackModel, PackSeverity, Words


class CaseInput(PackModel):
    """An exception record as the platform receives it. `severity` is what the source said, before any rule."""

    exception_type: Name
    severity: PackSeverity | None = None
    exception_id: Words | None = None
    tenant_id: Words | None = None
    domain: Name | None = None
    source_system: str = ""
    entity: Words | None = None
    amount: Amount | None = None
    currency: Words | None = None
    timestamp: Words | None = None
    raw_payload: Document = Field(default={})
    context: Document = Field(default={})


class CaseExpectation(PackModel):
    """What must come out; at least one member, and only those given are compared."""

    severity: PackSeverity | None = None
    playbook_id: Name | None = None
    approval_required: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "CaseExpectation":
        if not self.model_fields_set:
            raise ValueError("expects nothing; name severity, playbookId or approvalRequired")
        return self


class PackCase(PackModel):
    """`caseId` names the case in reports; without it its number does."""

    case_id: Words | None = None
    description: Words | None = None
    input: CaseInput
    expected_output: CaseExpectation


class PackSuite(PackModel):
    suite_id: Words
    description: Words | None = None
    cases: Annotated[tuple[PackCase, ...], Field(min_length=1)]


class CaseResult(Model):
    """`expected` and `actual` hold the compared members by JSON name, as text; `why` explains the severity."""

    suite_id: str
    case_id: str
    passed: bool
    expected: dict[str, str]
    actual: dict[str, str]
    why: str


class SuiteResult(Model):
    suite_id: str
    passed: int
    failed: int
    cases: tuple[CaseResult, ...]
