"""Pieces that several views are made of."""

from collections.abc import Mapping
from datetime import datetime

from rich.console import RenderableType
from rich.highlighter import JSONHighlighter
from rich.text import Text

from sentinai_cli.models.database import Target
from sentinai_cli.render.document import encode
from sentinai_cli.render.human import span, stamp
from sentinai_cli.render.style import BAD, FAINT, TITLE, WARNING, line, member, missing, words

_SOON = 2 * 3600


def optional(value: str | None, style: str = "") -> Text:
    """The words, or the sign that there are none."""
    return words(value, style) if value else missing()


def age(moment: datetime | None, at: datetime) -> Text:
    """How long ago, as `3h20m`; what lies ahead gets a plus sign."""
    if moment is None:
        return missing()
    return words(("+" if moment > at else "") + span(at - moment))


def when(moment: datetime | None, at: datetime) -> Text:
    """The time itself and how long ago."""
    if moment is None:
        return missing()
    passed = f"in {span(moment - at)}" if moment > at else f"{span(at - moment)} ago"
    return line(stamp(moment), "  ", words(passed, FAINT))


def time_left(moment: datetime | None, at: datetime) -> Text:
    """How much time is left until a deadline, red when it is over, yellow when less than two hours are left."""
    if moment is None:
        return missing()
    if moment < at:
        return words(f"{span(at - moment)} late", BAD)
    soon = (moment - at).total_seconds() < _SOON
    return words(f"{span(moment - at)} left", WARNING if soon else "")


def target_facts(target: Target) -> list[tuple[str, Text]]:
    """Which database it is: profile, address, server, environment."""
    kind = "embedded " if target.embedded else ""
    return [
        ("profile", words(target.profile, TITLE)),
        ("database", words(target.database)),
        ("server", words(f"{kind}PostgreSQL {target.server_version}")),
        ("environment", member(target.environment) if target.environment else words("not marked", FAINT)),
    ]


def title(text: str) -> Text:
    """A heading with a blank line above."""
    return Text("\n" + text, style=TITLE)


def document(value: Mapping[str, object]) -> RenderableType:
    """JSON, indented and coloured; an empty one is a sign that there is nothing."""
    if not value:
        return missing()
    text = Text(encode(value, indent=2), no_wrap=True, overflow="ignore")
    JSONHighlighter().highlight(text)
    return text
