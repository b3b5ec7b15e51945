"""What must hold between the fields of each type's payload: the defect is really there, and nothing else is wrong."""

from datetime import datetime
from decimal import DecimalException

from sentinai_cli.seeding.invariant.code import CODES
from sentinai_cli.seeding.invariant.facts import Facts, Predicate
from sentinai_cli.seeding.invariant.finance import FINANCE
from sentinai_cli.seeding.invariant.healthcare import HEALTHCARE

INVARIANTS: dict[str, dict[str, Predicate]] = FINANCE | HEALTHCARE
"""By exception type: what must hold, and the predicate that says whether it does."""


def violations(exception_type: str, payload: dict[str, object], arrived: datetime) -> tuple[str, ...]:
    """The names of what does not hold; empty when all is well. A type that is not known has codes to check only."""
    facts = Facts(payload, arrived)
    broken = [name for name, shape in CODES.items() if name in payload and not shape(payload[name])]
    broken += [name for name, holds in INVARIANTS.get(exception_type, {}).items() if not _holds(holds, facts)]
    return tuple(broken)


def _holds(predicate: Predicate, facts: Facts) -> bool:
    try:
        return predicate(facts)
    except (LookupError, TypeError, ValueError, DecimalException):
        return False
