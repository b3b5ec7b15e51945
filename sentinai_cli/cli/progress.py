"""Progress of long work, on standard error: a bar on a terminal, a plain line every few seconds elsewhere."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]

EVERY = 5.0
"""Seconds between two plain lines; work that is done sooner says nothing."""


@contextmanager
def progress_bar(what: str, total: int | None, *, quiet: bool) -> Iterator[Advance]:
    """Show how far it is while the block runs; what it yields is called with how many more are done.

    `total` None shows that something moves without an end in sight, and off a terminal nothing. Where nothing can be
    drawn over (off a terminal, with TERM=dumb) there are plain lines. Silent when quiet.
    """
    if quiet or (total is None and not _draws()):
        yield lambda _: None
    elif not _draws():
        yield _Lines(what, total or 0).advance
    else:
        with _bar(what, total) as advance:
            yield advance


class _Lines:
    """A line every few seconds: how many of how many, how fast, how long it may still take."""

    def __init__(self, what: str, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._total = total
        self._clock = clock
        self._done = 0
        self._began = self._told = clock()

    def advance(self, more: int) -> None:
        self._done += more
        now = self._clock()
        if now - self._told < EVERY:
            return
        self._told = now
        rate = self._done / (now - self._began)
        left = max(0, self._total - self._done) / rate if rate else 0
        line = f"{self._what}: {self._done:,} of {self._total:,}, {rate:,.0f} a second, about {left:.0f} s left\n"
        try:
            sys.stderr.write(line)
            sys.stderr.flush()
        except (AttributeError, OSError, ValueError):
            return  # nobody listens; the work goes on


def _draws() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Advance]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    from sentinai_cli.render.console import console_for
    from sentinai_cli.render.text import safe

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns: list[ProgressColumn] = [
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        *([MofNCompleteColumn(), Rate(), TimeRemainingColumn()] if total else [TimeElapsedColumn()]),
    ]
    with Progress(*columns, console=console_for(sys.stderr), transient=True) as bar:
        task = bar.add_task(safe(what), total=total)
        yield lambda more: bar.update(task, advance=more)
