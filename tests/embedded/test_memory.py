"""The server's cache follows the memory that may be used."""

from pathlib import Path

import pytest

from sentinai_cli.db.embedded.memory import shared_buffers, usable_memory

GIBIBYTE = 1024**3


@pytest.mark.parametrize(("memory", "expected"), [(GIBIBYTE // 2, 128), (4 * GIBIBYTE, 512), (64 * GIBIBYTE, 1024)])
def test_the_cache_is_an_eighth_of_the_memory_within_bounds(memory: int, expected: int) -> None:
    assert shared_buffers(memory) == expected


def test_a_containers_limit_counts_where_it_is_below_the_machines_memory(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("268435456\n")
    assert usable_memory(limit) == 268435456


@pytest.mark.parametrize("text", ["max\n", f"{2**70}\n"])
def test_a_limit_above_the_machines_memory_says_nothing(tmp_path: Path, text: str) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(text)
    assert usable_memory(limit) == usable_memory(tmp_path / "missing") > GIBIBYTE // 2
