"""A process that seeds until it kills itself: `python -m tests.services.victim URL COUNT CHUNK WHERE TIMES`.

It dies without any farewell at the TIMES-th note (WHERE `say`) or finished chunk (WHERE `advance`); WHERE `never`
leaves it to others to kill it.
"""

import os
import signal
import sys
from collections.abc import Callable

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.services import seed as service
from sentinai_cli.services import seed_load
from tests.conftest import context
from tests.services.conftest import AS_OF, request


def _dying(times: int) -> Callable[[object], None]:
    left = times

    def hear(_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return hear


if __name__ == "__main__":
    text, count, chunk, where, times = sys.argv[1:]
    seed_load.CHUNK = int(chunk)
    database = Database(DatabaseUrl.parse(text, source="the test"), context=context("seed"))
    deadly = _dying(int(times))
    harmless = _dying(0)
    service.seed(
        database,
        request("TENANT_FINANCE_001", count=int(count), as_of=AS_OF),
        embedded=True,
        now=AS_OF,
        say=deadly if where == "say" else harmless,
        advance=deadly if where == "advance" else harmless,
    )
