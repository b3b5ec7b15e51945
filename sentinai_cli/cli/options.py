"""The options that mean the same everywhere, spelled once.

Commands annotate parameters with these and give the default: `tenant: Tenant = None`. What every command has
anyway (`--output`, `--profile`, …) is in cli/shared.py. No model is imported here, so that help stays quick: words
of a vocabulary arrive as checked text (`Severity(word)` cannot fail), and a test holds them against the enums.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import typer

from sentinai_cli.cli.moment import parse_moment
from sentinai_cli.errors import InvalidInput

SEVERITIES = ("low", "medium", "high", "critical")
STATUSES = ("open", "analyzing", "resolved", "escalated")
ENVIRONMENTS = ("development", "staging", "production")


def _moment(text: str) -> datetime:
    return parse_moment(text, datetime.now(UTC))


def whole(least: int, unit: str) -> Callable[[str | int], int]:
    """A parser of whole numbers from `least` up, within what a database column of 8 bytes holds."""

    def parse(text: str | int) -> int:
        if isinstance(text, int):  # the default comes through here too
            return text
        number = int(text) if text.strip().lstrip("-+").isdecimal() and len(text) < 20 else None
        if number is None or not least <= number < 2**63:
            raise InvalidInput("invalid_number", f"{text[:40]!r} is not a number of {unit}, {least} or more")
        return number

    return parse


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """A parser of the words of a vocabulary, in any case; anything else is InvalidInput with the list."""

    def parse(text: str) -> str:
        if text.lower() not in words:
            raise InvalidInput("unknown_word", f"{text[:40]!r} is none of {', '.join(words)}")
        return text.lower()

    return parse


_TIME = "TIME"

Tenant: TypeAlias = Annotated[
    str | None,
    typer.Option("--tenant", "--tenant-id", metavar="ID", help="This tenant only (or SENTINAI_TENANT)."),
]
AllTenantsFlag: TypeAlias = Annotated[bool, typer.Option("--all-tenants", help="Every tenant, spelled out.")]
Limit: TypeAlias = Annotated[
    int, typer.Option("--limit", metavar="N", parser=whole(1, "rows"), help="At most this many rows.")
]
Cursor: TypeAlias = Annotated[
    str | None, typer.Option("--cursor", metavar="CURSOR", help="Continue after an earlier page (its `page.next`).")
]
All: TypeAlias = Annotated[bool, typer.Option("--all", help="Every row, without a limit.")]
Total: TypeAlias = Annotated[bool, typer.Option("--total", help="Also count all rows that match; may take a while.")]
ScanLimit: TypeAlias = Annotated[
    int,
    typer.Option("--scan-limit", metavar="N", parser=whole(1, "rows"), help="Rows to look at for one page, see below."),
]
Since: TypeAlias = Annotated[
    datetime | None,
    typer.Option("--since", metavar=_TIME, parser=_moment, help="From this time on: 2h, yesterday, or ISO (UTC)."),
]
Until: TypeAlias = Annotated[
    datetime | None,
    typer.Option("--until", metavar=_TIME, parser=_moment, help="Before this time: 2h, yesterday, or ISO (UTC)."),
]
AsOf: TypeAlias = Annotated[
    datetime | None,
    typer.Option("--as-of", metavar=_TIME, parser=_moment, help="The moment that counts as now: 2h, or ISO (UTC)."),
]
Reason: TypeAlias = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why, for the operator journal.")
]
Actor: TypeAlias = Annotated[
    str | None,
    typer.Option("--actor", metavar="NAME", help="Who, for the journal (or SENTINAI_ACTOR; else the OS user)."),
]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Answer yes to the question.")]
Confirm: TypeAlias = Annotated[
    str | None, typer.Option("--confirm", metavar="NAME", help="Confirm by the exact name, instead of typing it.")
]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")]
IfNotExists: TypeAlias = Annotated[bool, typer.Option("--if-not-exists", help="That it exists already is no error.")]
Workers: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", parser=whole(1, "workers"), help="How many load at once.", show_default=False
    ),
]
Seed: TypeAlias = Annotated[
    int, typer.Option("--seed", metavar="N", parser=whole(0, "a seed"), help="The seed number that fixes every byte.")
]
Count: TypeAlias = Annotated[
    int | None,
    typer.Option("--count", metavar="N", parser=whole(0, "exceptions"), help="How many exceptions per tenant."),
]
