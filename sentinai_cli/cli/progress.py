"""Progress of long work, on standard error and only on a terminal."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]


@contextmanager
def progress_bar(what: str, total: int | None, *, quiet: bool) -> Iterator[Advance]:
    """Show a bar while the block runs; what it yields is called with how many more are done.

    `total` None shows that something moves without an end in sight. Silent when quiet, and where nothing can be
    drawn over: off a terminal and with TERM=dumb.
    """
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from sentinai_cli.render.console import console_for
    from sentinai_cli.render.text import safe

    columns = [
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn() if total else TextColumn(""),
        TimeElapsedColumn(),
    ]
    with Progress(*columns, console=console_for(sys.stderr), transient=True) as bar:
        task = bar.add_task(safe(what), total=total)
        yield lambda more: bar.update(task, advance=more)
