"""What colours mean, chosen once: ANSI names, so that they follow the terminal's own theme."""

from collections.abc import Mapping

from rich.text import Text

from sentinai_cli.models.database import Environment, Isolation, SchemaState
from sentinai_cli.models.exception import Severity, Status
from sentinai_cli.models.health import CheckState
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.tenant import TenantStatus
from sentinai_cli.render.text import safe

TITLE = "bold"
HEADER = "bold bright_black"
LABEL = "bright_black"
FAINT = "bright_black"
IDENTITY = "bold cyan"
GOOD = "green"
WARNING = "yellow"
BAD = "bold red"

_STYLES: Mapping[str, str] = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "yellow",
    Severity.MEDIUM: "bright_blue",
    Severity.LOW: FAINT,
    Status.OPEN: "bold",
    Status.ANALYZING: "cyan",
    Status.ESCALATED: "bold magenta",
    Status.RESOLVED: GOOD,
    TenantStatus.ACTIVE: GOOD,
    TenantStatus.SUSPENDED: WARNING,
    TenantStatus.ARCHIVED: FAINT,
    TenantStatus.PURGED: FAINT,
    Outcome.DONE: GOOD,
    Outcome.UNCHANGED: FAINT,
    Outcome.FAILED: BAD,
    Environment.DEVELOPMENT: GOOD,
    Environment.STAGING: WARNING,
    Environment.PRODUCTION: "bold white on red",
    SchemaState.UP_TO_DATE: GOOD,
    SchemaState.EMPTY: WARNING,
    SchemaState.BEHIND: WARNING,
    SchemaState.AHEAD: WARNING,
    SchemaState.DIVERGED: BAD,
    SchemaState.UNKNOWN: BAD,
    SchemaState.FOREIGN: BAD,
    Isolation.ENFORCED: GOOD,
    Isolation.DEGRADED: BAD,
    CheckState.OK: GOOD,
    CheckState.WARN: WARNING,
    CheckState.FAIL: BAD,
    CheckState.UNKNOWN: "bold magenta",
}
"""By value, since the words of these vocabularies do not contradict each other."""


def words(value: str, style: str = "") -> Text:
    """Untrusted text, escaped and in one style: never markup."""
    return Text(safe(value), style=style, no_wrap=True, overflow="ignore")


def member(value: str) -> Text:
    """A word of one of our vocabularies in its colour, spaces for underscores."""
    return words(value.replace("_", " "), _STYLES.get(value, ""))


def identity(value: str) -> Text:
    """An id, never cut or folded."""
    return words(value, IDENTITY)


def line(*parts: Text | str) -> Text:
    """Parts side by side, each in its own style. A plain string must be ours, since it is not escaped."""
    return Text.assemble(*parts, no_wrap=True, overflow="ignore")


def missing() -> Text:
    """What stands where there is no value."""
    return words("-", FAINT)
