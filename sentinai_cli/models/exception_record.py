"""An exception as systems hand it to each other: the record, without what operators did with it since."""

from collections.abc import Mapping
from typing import Self

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.result import ListResult


class ExceptionRecord(Model):
    """Names are those of the platform. `timestamp` is when it was created, `amount` a decimal as a string of digits.

    `severity` is the present one; whoever reads the record decides anew by rules.
    """

    exceptionId: str  # noqa: N815 - the platform's spelling is the format, here and below
    tenantId: str  # noqa: N815
    sourceSystem: str  # noqa: N815
    exceptionType: str  # noqa: N815
    severity: Severity
    timestamp: Moment
    domain: str
    entity: str | None
    amount: str | None
    currency: str | None
    slaDeadline: Moment | None  # noqa: N815
    rawPayload: dict[str, object]  # noqa: N815
    normalizedContext: dict[str, object]  # noqa: N815

    @classmethod
    def of(cls, row: Mapping[str, object]) -> Self:
        """The record of a row, by the names of its columns."""
        amount = row["amount"]
        return cls.model_validate(
            {
                "exceptionId": row["exception_id"],
                "tenantId": row["tenant_id"],
                "sourceSystem": row["source_system"],
                "exceptionType": row["type"],
                "severity": row["severity"],
                "timestamp": row["created_at"],
                "domain": row["domain"],
                "entity": row["entity"],
                "amount": None if amount is None else f"{amount:f}",
                "currency": row["currency"],
                "slaDeadline": row["sla_deadline"],
                "rawPayload": row["raw_payload"],
                "normalizedContext": row["normalized_context"],
            }
        )


class ExceptionRecordList(ListResult[ExceptionRecord]):
    """Records, newest first."""
