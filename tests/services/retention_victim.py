"""A process that lets go of what is due, until it kills itself: `python -m tests.services.retention_victim …`.

Of its words URL, DIR and TIMES the last says when it dies without any farewell: when it got on for the TIMES-th time;
0 leaves it to others.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.services import erasure_export
from sentinai_cli.services.retention import plan_retention
from sentinai_cli.services.retention_run import run_retention
from tests.conftest import context
from tests.services.conftest import ignore
from tests.services.test_retention import LATER

if __name__ == "__main__":
    text, place, times = sys.argv[1:]
    steps = count(1)
    erasure_export.BATCH = 4

    def advance(_: int) -> None:
        if next(steps) == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    database = Database(DatabaseUrl.parse(text, source="the test"), context=context("retention run"))
    plan = plan_retention(database, AllTenants(), older_than=90, now=LATER, advance=ignore)
    run_retention(database, plan, Path(place), now=LATER, advance=advance)
