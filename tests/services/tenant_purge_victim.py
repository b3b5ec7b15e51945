"""A process that purges tenant A until it kills itself: `python -m tests.services.tenant_purge_victim …`.

Of its words URL, DIR, TIMES and HOW the third says when it dies without any farewell: when it got on for the TIMES-th
time. HOW is `export` or `none`.
"""

import os
import signal
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.services import erasure_export
from sentinai_cli.services.tenant_purge import purge_tenant
from tests.conftest import context
from tests.services.test_retention import LATER

if __name__ == "__main__":
    text, place, times, how = sys.argv[1:]
    steps = count(1)
    erasure_export.BATCH = 4

    def advance(_: int) -> None:
        if next(steps) == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    told = replace(context("tenants purge"), reason="test")
    database = Database(DatabaseUrl.parse(text, source="the test"), context=told)
    purge_tenant(database, "A", Path(place), exports=how == "export", now=LATER, advance=advance)
