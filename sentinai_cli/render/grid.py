"""Tables and fact sheets that never fold or cut an id, whatever the width of the terminal."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from sentinai_cli.render.style import FAINT, HEADER, LABEL

_GAP = "  "
_INDENT = 4


@dataclass(frozen=True)
class Column:
    """One column of a grid; `right` aligns numbers.

    `rank` 0 is always there. The others are taken as far as the terminal has room for them, lowest rank first; one
    that is empty in every row is left out.
    """

    title: str
    rank: int = 0
    right: bool = False


class Grid:
    """Rows under a header. Columns that do not fit are left out and named below; lines that still do not fit run on.

    A row that is one Text is a heading over the rows that follow. `below` has a text for each row, which is wrapped
    under it; an empty one takes no line.
    """

    def __init__(
        self, columns: Sequence[Column], rows: Iterable[Sequence[Text] | Text], below: Iterable[Text] = ()
    ) -> None:
        self._columns = list(columns)
        self._lines = list(rows)
        self._rows = [row for row in self._lines if not isinstance(row, Text)]
        self._below = list(below)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        filled = [at for at, column in enumerate(self._columns) if column.rank == 0 or self._is_filled(at)]
        kept = self._fitting(filled, options.max_width)
        header = [Text(self._columns[at].title.upper(), style=HEADER, end="") for at in kept]
        yield self._line(header, kept)
        for row, below in zip_longest(self._lines, self._below):
            yield row if isinstance(row, Text) else self._line([row[at] for at in kept], kept)
            if below:
                yield _wrapped(below, options.max_width, indent=_INDENT, first=" " * _INDENT)
        if hidden := [self._columns[at].title for at in filled if at not in kept]:
            yield Text(f"not shown at this width: {', '.join(hidden)}", style=FAINT)

    def _is_filled(self, at: int) -> bool:
        return not self._rows or any(row[at].plain not in ("", "-") for row in self._rows)

    def _fitting(self, filled: list[int], width: int) -> list[int]:
        kept: set[int] = set()
        room = width + len(_GAP)
        for at in sorted(filled, key=lambda at: self._columns[at].rank):
            needed = self._width(at) + len(_GAP)
            if self._columns[at].rank == 0 or needed <= room:
                kept.add(at)
                room -= needed
        return sorted(kept)

    def _width(self, at: int) -> int:
        return max([cell_len(self._columns[at].title), *(cell_len(row[at].plain) for row in self._rows)])

    def _line(self, cells: Sequence[Text], kept: Sequence[int]) -> Text:
        line = Text(no_wrap=True, overflow="ignore")
        for place, (cell, at) in enumerate(zip(cells, kept, strict=True)):
            padding = " " * (self._width(at) - cell_len(cell.plain))
            if place:
                line.append(_GAP)
            if self._columns[at].right:
                line.append(padding)
            line.append_text(cell)
            if not self._columns[at].right and place < len(kept) - 1:
                line.append(padding)
        return line


class Facts:
    """Labels and values, one a line. A value of many words is wrapped beside its label; a single word never is."""

    def __init__(self, facts: Iterable[tuple[str, Text]]) -> None:
        self._facts = list(facts)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        column = max((len(label) for label, _ in self._facts), default=0) + len(_GAP)
        for label, value in self._facts:
            yield _wrapped(value, options.max_width, indent=column, first=label.ljust(column))


def _wrapped(value: Text, width: int, *, indent: int, first: str) -> Text:
    """`first` and the value, its further lines indented; a word that is too long for the width runs on."""
    line = Text(no_wrap=True, overflow="ignore")
    line.append(first, style=LABEL)
    if cell_len(value.plain) <= width - indent:
        return line.append_text(value)
    pieces = textwrap.wrap(value.plain, max(width - indent, 24), break_long_words=False, break_on_hyphens=False)
    return line.append(("\n" + " " * indent).join(pieces), style=value.style)
