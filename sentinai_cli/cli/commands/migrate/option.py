"""The options that several of these commands have."""

from typing import Annotated, TypeAlias

import typer

from sentinai_cli.errors import InvalidInput

_LONGEST = 86_400


def _seconds(text: str | float) -> float:
    if isinstance(text, float):  # the default comes through here too
        return text
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0.1 <= number <= _LONGEST:
        raise InvalidInput("invalid_number", f"{text[:40]!r} is not a number of seconds from 0.1 to {_LONGEST}")
    return number


Patience: TypeAlias = Annotated[
    float,
    typer.Option(
        "--lock-timeout",
        metavar="SECONDS",
        parser=_seconds,
        help="How long each revision may wait for locks, in short attempts that hold nobody up.",
    ),
]
