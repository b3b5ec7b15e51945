"""A kind of exception that a domain knows, and the rules that decide how severe one is."""

from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from sentinai_cli.models.pack import Name, PackModel, PackSeverity, Words

MAX_CONDITION = 4000

ConditionText: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=MAX_CONDITION)]
"""A CEL expression over exceptionType, severity, sourceSystem, amount, rawPayload and context."""


class SeverityRule(PackModel):
    """When `condition` holds, the exception is at least this severe. `ruleId` names it in explanations."""

    rule_id: Name | None = None
    description: Words | None = None
    condition: ConditionText
    severity: PackSeverity


class ExceptionType(PackModel):
    """`entities` name the entities whose attributes its payload carries; `detectionRules` are free text.

    `severityRules` are tried for this type only, `defaultSeverity` holds when no rule matches.
    """

    name: Words | None = None
    description: Words
    default_severity: PackSeverity | None = None
    tags: tuple[Words, ...] = ()
    entities: tuple[Name, ...] = ()
    detection_rules: tuple[Words, ...] = ()
    severity_rules: tuple[SeverityRule, ...] = ()
