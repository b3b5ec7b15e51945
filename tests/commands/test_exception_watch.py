"""`--watch`: the same again and again on a terminal, and nowhere else; what is at risk."""

import time
from collections.abc import Callable

import pytest

from tests.commands.operator import Operator

LINES = ("exceptions list --limit 2", "exceptions sla")


def interrupted_after(times: int) -> Callable[[float], None]:
    """A pause that ends in Ctrl-C the last time."""
    left = [times]

    def pause(seconds: float) -> None:
        assert seconds == 7
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    return pause


@pytest.mark.parametrize("line", LINES)
def test_a_watched_result_is_drawn_again_until_it_is_interrupted(line: str, reader: Operator) -> None:
    reader.monkeypatch.setenv("TERM", "dumb")
    once = reader(*line.split(), terminal=True)
    reader.monkeypatch.setattr(time, "sleep", interrupted_after(3))
    ran = reader(*line.split(), "--watch", "7", terminal=True)
    assert ran.code == 130
    assert ran.out.count(once.out) == 3
    assert ran.err.count("again every 7 s") == 3


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("options", [[], ["-o", "json"], ["--all"]], ids=["a pipe", "json", "all"])
def test_watching_is_refused_where_nobody_watches(line: str, options: list[str], reader: Operator) -> None:
    if "--all" in options and "sla" in line:
        options = []
    ran = reader(*line.split(), "--watch", "7", *options, terminal="json" in options)
    assert (ran.code, ran.out) == (2, "")
    assert "watch_needs_terminal" in ran.err


def test_what_is_at_risk_is_what_sla_counts(reader: Operator) -> None:
    counted = reader("exceptions", "sla", "-o", "json").document["items"]
    listed = reader("exceptions", "list", "--at-risk", "--all", "-o", "json").document["items"]
    assert sum(item["at_risk"] for item in counted) == len(listed) > 0
    late = reader("exceptions", "count", "--breached", "-o", "json").document["count"]
    assert sum(item["breached"] for item in counted) == late
    soon = reader("exceptions", "count", "--due-within", "8h", "-o", "json").document["count"]
    assert sum(item["due_8h"] for item in counted) == soon
    never = reader("exceptions", "list", "--at-risk", "--breached")
    assert "this can never match" in never.err


@pytest.mark.parametrize("lookback", ["10m", "91d", "soon"])
def test_a_time_to_look_back_on_that_makes_no_sense_is_refused(lookback: str, reader: Operator) -> None:
    ran = reader("exceptions", "sla", "--lookback", lookback, "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "invalid_span")
