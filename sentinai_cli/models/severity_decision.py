"""How severe an exception is, and who said so."""

from enum import StrEnum

from sentinai_cli.models.base import Model
from sentinai_cli.models.exception import Severity


class Layer(StrEnum):
    """Who decides, the strongest first: the tenant's override, a rule, the type's default, the last resort."""

    POLICY = "policy"
    RULE = "rule"
    TYPE = "type"
    DEFAULT = "default"


class RuleTried(Model):
    """One rule's outcome. `reason` says why it could not be decided, for example a missing member; that is no match."""

    rule: str
    condition: str
    severity: Severity
    matched: bool
    reason: str | None = None


class SeverityDecision(Model):
    """`rule` names the rule that won (its ruleId or its JSON pointer), or the pointer of the override or default.

    `tried` holds every rule that was asked, in order; an override asks none.
    """

    severity: Severity
    layer: Layer
    rule: str | None
    tried: tuple[RuleTried, ...] = ()
