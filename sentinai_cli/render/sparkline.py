"""A row of small bars, for the shape of numbers over time."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from sentinai_cli.render.style import LABEL

_BLOCKS = ("▁▂▃▄▅▆▇█", "·")
_ASCII = (".:-=+*#@", "_")


class Sparkline:
    """A bar for each number, the largest one full height, a dot for 0, behind a label and before a remark.

    Blocks where the terminal has them, signs of growing weight elsewhere.
    """

    def __init__(self, label: str, counts: Sequence[int], remark: str) -> None:
        self._label = label
        self._counts = counts
        self._remark = remark

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text(no_wrap=True, overflow="ignore")
        line.append(f"{self._label}  ", style=LABEL)
        line.append(bars(self._counts, *(_ASCII if options.ascii_only else _BLOCKS)), style="cyan")
        room = options.max_width - len(line.plain) - 2
        line.append(f"  {self._remark}" if len(self._remark) <= room else f"\n{' ' * len(self._label)}  {self._remark}")
        yield line


def bars(counts: Sequence[int], scale: str, nothing: str) -> str:
    """One sign of the scale for each number, however small, and the sign for nothing where it is 0."""
    most = max(counts, default=0)
    return "".join(scale[-(-count * len(scale) // most) - 1] if count else nothing for count in counts)
