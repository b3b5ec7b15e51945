"""Small bars: as many as numbers, none for nothing, the largest full."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from sentinai_cli.render.sparkline import Sparkline, bars


@given(st.lists(st.integers(0, 10**9), max_size=40))
def test_bars_keep_the_order_of_the_numbers(counts: list[int]) -> None:
    drawn = bars(counts, "▁▂▃▄▅▆▇█", " ")
    assert len(drawn) == len(counts)
    assert [sign == " " for sign in drawn] == [count == 0 for count in counts]
    for one, other, left, right in zip(counts, counts[1:], drawn, drawn[1:], strict=False):
        assert one < other or left >= right or right == " "
    if any(counts):
        assert "█" in drawn


def _drawn(encoding: str, width: int) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Console(file=file, width=width).print(Sparkline("events", [0, 1, 8], "nine in three days"))
    file.flush()
    assert isinstance(file.buffer, io.BytesIO)
    return file.buffer.getvalue().decode(encoding)


def test_a_terminal_without_blocks_gets_plain_signs() -> None:
    assert _drawn("utf-8", 80) == "events  ·▁█  nine in three days\n"
    assert _drawn("ascii", 80) == "events  _.@  nine in three days\n"


def test_on_a_narrow_terminal_the_remark_stands_below() -> None:
    assert _drawn("utf-8", 20).splitlines()[0] == "events  ·▁█"
