"""The interpreter set up for a thread that writes beside one that makes records."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SWITCH = 1e-4
_GARBAGE = 100_000


@contextmanager
def tuned_for_loading() -> Iterator[None]:
    """Let the writing thread have the interpreter at once when the server is ready for more, not after 5 ms.

    And look for cycles of garbage rarely: records have none, and are made by the hundred thousand.
    """
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(_SWITCH)
    gc.set_threshold(_GARBAGE, *threshold[1:])
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*threshold)
