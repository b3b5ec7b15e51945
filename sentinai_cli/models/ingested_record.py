"""An exception record as it comes from outside: what is taken of it, and what is wrong with one that is refused.

The names are those of the platform and of `exceptions export` (`exceptionId`), or those of our columns
(`exception_id`). What became of the exception since (status, owner, events) may stand in a record and is not taken.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any, NamedTuple, TypeAlias

import orjson
from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from sentinai_cli.models.base import Model
from sentinai_cli.models.canonical import NotCanonical
from sentinai_cli.models.event_hash import RECORD
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.plain_json import canonical_text

LONGEST_ID = 128
LONGEST_NAME = 200
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
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")
_MOMENT = re.compile(r"([12]\d{3}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([Zz]|[+-]\d\d:\d\d)")
_SEVERITIES = {severity.value: severity for severity in Severity}
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


def _printable(text: str) -> str:
    if not text.isprintable() or text.isspace():
        raise ValueError("it is blank or holds a character that cannot be seen")
    return text


def _id(text: str) -> str:
    if " " in text:
        raise ValueError("it holds a blank")
    return _printable(text)


def _severity(value: Any) -> Any:
    """In any case, as the platform writes it."""
    found = _SEVERITIES.get(value) or _SEVERITIES.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"none of {', '.join(_SEVERITIES)}")
    return found


def _amount(value: Any) -> Any:
    """Money as digits. A JSON number counts as its shortest spelling; zero has no sign."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    text = value if isinstance(value, str) else format(Decimal(str(value)), "f")
    if not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount: at most 18 digits, then at most 6 after a point")
    amount = Decimal(text)
    return format(amount or abs(amount), "f")


def _moment(text: str) -> str:
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("not a time with an offset, to the microsecond at most: 2026-11-20T09:00:00Z")
    day, time, fraction, offset = match.groups()
    moment = datetime.fromisoformat(f"{day}T{time}{'+00:00' if offset in 'Zz' else offset}")
    if moment < _OLDEST:
        raise ValueError("a time before 1970")
    if offset not in "Zz":
        day, time = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S").split(" ")
    return f"{day}T{time}.{fraction or '':0<6}Z"


_Id: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ID), AfterValidator(_id)]
_Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME), AfterValidator(_printable)]
_Currency: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
_Moment: TypeAlias = Annotated[str, AfterValidator(_moment)]
_Severity: TypeAlias = Annotated[Severity, BeforeValidator(_severity)]
_Amount: TypeAlias = Annotated[str, BeforeValidator(_amount)]


def _named(name: str, **default: Any) -> Any:
    return Field(validation_alias=AliasChoices(*NAMES[name]), **default)


class IngestedRecord(Model):
    """Times are canonical, `amount` is its digits. `severity` is what the source says, which decides nothing.

    `sla_deadline` counts only if it was given, null too: else the deadline follows from the severity.
    """

    model_config = ConfigDict(strict=True)

    exception_id: _Id = _named("exception_id")
    tenant_id: str | None = _named("tenant_id", default=None)
    source_system: _Name = _named("source_system")
    type: str = _named("type")
    severity: _Severity | None = _named("severity", default=None)
    created_at: _Moment = _named("created_at")
    domain: str | None = _named("domain", default=None)
    entity: _Name | None = _named("entity", default=None)
    amount: _Amount | None = _named("amount", default=None)
    currency: _Currency | None = _named("currency", default=None)
    sla_deadline: _Moment | None = _named("sla_deadline", default=None)
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


@dataclass(slots=True)
class Candidate:
    """A record of which everything is known that does not depend on what is stored: texts as they are loaded."""

    line: int
    text: bytes
    record: IngestedRecord
    domain: str
    raw_payload: str
    normalized_context: str
    digest: bytes


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
        raise Faulty(*(_fault(details) for details in error.errors(include_url=False, include_context=False))) from None


def candidate(record: IngestedRecord, *, tenant_id: str, domain: str, line: int, text: bytes) -> Candidate:
    """The record with its documents as texts and its digest, the one that models.event_hash.record_digest defines.

    Raises Faulty for a document that has no canonical form.
    """
    raw_payload = _canonical("/rawPayload", record.raw_payload)
    normalized_context = _canonical("/normalizedContext", record.normalized_context)
    told = orjson.dumps(
        {  # in the order of the canonical form
            "amount": record.amount,
            "created_at": record.created_at,
            "currency": record.currency,
            "domain": domain,
            "entity": record.entity,
            "exception_id": record.exception_id,
            "normalized_context": orjson.Fragment(normalized_context),
            "raw_payload": orjson.Fragment(raw_payload),
            "source_system": record.source_system,
            "tenant_id": tenant_id,
            "type": record.type,
        }
    )
    digest = hashlib.sha256(RECORD + told).digest()
    return Candidate(line, text, record, domain, raw_payload, normalized_context, digest)


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


def _canonical(place: str, document: dict[str, object]) -> str:
    try:
        return canonical_text(document)
    except NotCanonical as error:
        raise Faulty(Fault("invalid_json", f"{place}{error.pointer}", error.why or error.what)) from None


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
