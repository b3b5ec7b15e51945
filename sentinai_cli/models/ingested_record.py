"""An exception record as it comes from outside: what is taken of it, and what is wrong with one that is refused.

The names are those of the platform and of `exceptions export` (`exceptionId`), or those of our columns
(`exception_id`). What became of the exception since (status, owner, events) may stand in a record and is not taken.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import AliasChoices, ConfigDict, Field, ValidationError

from sentinai_cli.models.base import Model
from sentinai_cli.models.ingested_value import (
    LONGEST_NAME,
    IngestedAmount,
    IngestedCurrency,
    IngestedId,
    IngestedMoment,
    IngestedName,
    IngestedSeverity,
)

MOST_FAULTS = 20
"""Of one record; a worse one is broken in a way that a longer list does not help with."""
NAMES = {
    "exception_id": ("exceptionId", "exception_id"),
    "tenant_id": ("tenantId", "tenant_id"),
    "source_system": ("sourceSystem", "source_system"),
    "type": ("exceptionType", "exception_type", "type"),
    "severity": ("severity",),
    "created_at": ("timestamp", "created_at"),
    "domain": ("domain",),
    "entity": ("entity",),
    "amount": ("amount",),
    "currency": ("currency",),
    "sla_deadline": ("slaDeadline", "sla_deadline"),
    "raw_payload": ("rawPayload", "raw_payload"),
    "normalized_context": ("normalizedContext", "normalized_context"),
}
"""Each attribute of a record by the names that it may have, the platform's first."""
NOT_TAKEN = frozenset(
    {
        *("resolutionStatus", "detectedRules", "suggestedActions", "auditTrail", "pipelineResult"),
        *("currentPlaybookId", "currentStep", "current_playbook_id", "current_step", "status", "owner", "events"),
        *("updatedAt", "updated_at", "resolvedAt", "resolved_at"),
    }
)
"""What became of an exception since it was created: known, and left alone."""
_EVERY_NAME = [name for names in NAMES.values() for name in names]
_IN_CONTEXT = ("domain", "entity", "amount", "currency", "sla_deadline")
_SAID_OUTSIDE = {NAMES[name][0] for name in _IN_CONTEXT}


def _named(name: str, **default: Any) -> Any:
    return Field(validation_alias=AliasChoices(*NAMES[name]), **default)


class IngestedRecord(Model):
    """Times are canonical, `amount` is its digits. `severity` is what the source says, which decides nothing.

    `sla_deadline` counts only if it was given, null too: else the deadline follows from the severity.
    """

    model_config = ConfigDict(strict=True)

    exception_id: IngestedId = _named("exception_id")
    tenant_id: str | None = _named("tenant_id", default=None)
    source_system: IngestedName = _named("source_system")
    type: str = _named("type")
    severity: IngestedSeverity | None = _named("severity", default=None)
    created_at: IngestedMoment = _named("created_at")
    domain: str | None = _named("domain", default=None)
    entity: IngestedName | None = _named("entity", default=None)
    amount: IngestedAmount | None = _named("amount", default=None)
    currency: IngestedCurrency | None = _named("currency", default=None)
    sla_deadline: IngestedMoment | None = _named("sla_deadline", default=None)
    raw_payload: dict[str, object] = _named("raw_payload")
    normalized_context: dict[str, object] = _named("normalized_context", default={})

    @property
    def gives_deadline(self) -> bool:
        """Whether the record says when it is due, or that it never is."""
        return "sla_deadline" in self.model_fields_set


class Fault(NamedTuple):
    """One thing wrong with a record: a stable code, a JSON pointer and a sentence."""

    code: str
    pointer: str
    why: str


class Faulty(Exception):
    """A record that cannot be taken, with everything that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].why)
        self.faults = faults


def read_record(document: object) -> tuple[IngestedRecord, list[str]]:
    """The record in a document, and the names in it that are not taken. Raises Faulty.

    What the platform tells only in the context (domain, entity, amount, currency, deadline) is read from there.
    """
    if not isinstance(document, dict):
        raise Faulty(Fault("invalid_record", "", "a record is a JSON object"))
    given: Mapping[str, object] = document
    ignored: list[str] = []
    if not NOT_TAKEN.isdisjoint(document):
        ignored = [name for name in document if name in NOT_TAKEN]
        given = {name: value for name, value in document.items() if name not in NOT_TAKEN}
    if not given.keys() >= _SAID_OUTSIDE:
        given = _with_context(given)
    try:
        return IngestedRecord.model_validate(given), ignored
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[:MOST_FAULTS]
        raise Faulty(*(_fault(details) for details in first)) from None


def _with_context(given: Mapping[str, object]) -> Mapping[str, object]:
    context = next((given[name] for name in NAMES["normalized_context"] if name in given), None)
    if not isinstance(context, dict):
        return given
    found: dict[str, object] = {}
    for name in _IN_CONTEXT:
        names = NAMES[name]
        if not any(each in given for each in names):
            for each in names:
                if isinstance(context.get(each), str | int | float):
                    found[names[0]] = context[each]
    return {**given, **found} if found else given


def _unknown(name: str) -> str:
    if name in _EVERY_NAME:
        return "the record says it twice, by two names"
    near = get_close_matches(name[:LONGEST_NAME], _EVERY_NAME, n=1)
    return f"a record has no such field; perhaps {near[0]}" if near else "a record has no such field"


def _fault(details: Any) -> Fault:
    place = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in details["loc"])
    match details["type"]:
        case "missing":
            return Fault("missing_field", place, "it is missing")
        case "extra_forbidden":
            return Fault("unknown_field", place, _unknown(str(details["loc"][-1])))
        case "dict_type":
            return Fault("invalid_field", place, "not a JSON object")
        case "string_pattern_mismatch":
            return Fault("invalid_field", place, "not an ISO 4217 code of three capital letters")
    return Fault("invalid_field", place, str(details["msg"]).removeprefix("Value error, "))
