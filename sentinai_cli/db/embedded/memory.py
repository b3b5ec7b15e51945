"""How much memory there is, and how much of it the server may keep pages in."""

import os
from pathlib import Path

_MEBIBYTE = 1024 * 1024
_CONTROL_GROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_LEAST, _MOST = 128, 1024


def shared_buffers(memory: int) -> int:
    """MiB of cache for a machine with `memory` bytes: an eighth, within bounds.

    The server's own default of 128 MiB holds the indexes of some hundred thousand exceptions; a larger load then
    writes each page again and again. Memory that is never used is never taken.
    """
    return min(max(memory // 8 // _MEBIBYTE, _LEAST), _MOST)


def usable_memory(limit: Path = _CONTROL_GROUP_LIMIT) -> int:
    """Bytes that this machine has, or that the container allows where that is less."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        allowed = limit.read_text().strip()
    except OSError:
        return physical
    return min(physical, int(allowed)) if allowed.isdecimal() else physical
