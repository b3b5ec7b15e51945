"""Long work says how far it is, in a form that fits where it is read."""

import io
import sys

import pytest

from sentinai_cli.cli import progress
from sentinai_cli.cli.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_off_a_terminal_a_line_comes_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    moments = iter([0.0, 1.0, 6.0, 7.0, 12.0])
    lines = progress._Lines("Seeding", 1000, clock=lambda: next(moments))
    for _ in range(4):
        lines.advance(120)
    assert shown.getvalue().splitlines() == [
        "Seeding: 240 of 1,000, 40 a second, about 19 s left",
        "Seeding: 480 of 1,000, 40 a second, about 13 s left",
    ]


@pytest.mark.parametrize(("total", "quiet"), [(None, False), (10, True), (10, False)])
def test_work_that_is_done_at_once_says_nothing_off_a_terminal(
    total: int | None, quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    with progress_bar("Seeding", total, quiet=quiet) as advance:
        advance(10)
    assert not shown.getvalue()


@pytest.mark.parametrize("total", [None, 100])
def test_on_a_terminal_there_is_a_bar_that_goes_away(total: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("TERM", "xterm-256color")
    with progress_bar("Seeding [red]", total, quiet=False) as advance:
        advance(40)
    assert "Seeding [red]" in shown.getvalue()
    assert ("40/100" in shown.getvalue()) == (total is not None)


def test_a_closed_error_stream_does_not_stop_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    moments = iter([0.0, 9.0])
    lines = progress._Lines("Seeding", 10, clock=lambda: next(moments))
    monkeypatch.setattr(sys, "stderr", closed)
    lines.advance(1)
