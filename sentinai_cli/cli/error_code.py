"""The catalogue of error codes: what each means, what to look at, what to do. A code never changes its meaning."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CATALOGUE = Path(__file__).with_name("error_code.toml")


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """`exits` are the process exit codes that it comes with; `check` and `fix` are Markdown."""

    code: str
    area: str
    exits: tuple[int, ...]
    cause: str
    check: str
    fix: str


def error_codes() -> tuple[ErrorCode, ...]:
    """Every code, by area and in the order of the catalogue."""
    areas: Mapping[str, Mapping[str, Mapping[str, object]]] = tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))
    return tuple(_entry(code, area, told) for area, codes in areas.items() for code, told in codes.items())


def _entry(code: str, area: str, told: Mapping[str, object]) -> ErrorCode:
    exits = told["exit"]
    assert isinstance(exits, list)
    return ErrorCode(code, area, tuple(map(int, exits)), str(told["cause"]), str(told["check"]), str(told["fix"]))


def page() -> str:
    """docs/troubleshooting.md."""
    lines = [
        "# Troubleshooting",
        "",
        "Every failure that sentinai expects has a code that does not change: `error[CODE]` on standard error, `code`",
        "of the error object with `-o json`. Most errors carry a command in `fix`; here stands what lies behind each.",
        "What the exit codes mean: [exit codes](reference/exit-codes.md). With `--debug` a traceback comes along.",
    ]
    for area in dict.fromkeys(entry.area for entry in error_codes()):
        lines += ["", f"## {area}", "", "| code | exit | cause | check | fix |", "|---|---|---|---|---|"]
        for entry in error_codes():
            if entry.area == area:
                exits = ", ".join(map(str, entry.exits))
                cells = [f'<a id="{entry.code}"></a>`{entry.code}`', exits, entry.cause, entry.check, entry.fix]
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
