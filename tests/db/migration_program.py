"""`sentinai …` with the migrations in another directory: MIGRATIONS names it."""

import os
import sys
from pathlib import Path

from sentinai_cli.cli.run import run, unwind_on_signals
from sentinai_cli.db import migration_script

if __name__ == "__main__":
    setattr(migration_script, "bundled", lambda _: Path(os.environ["MIGRATIONS"]))  # noqa: B010 - as a test patches it
    unwind_on_signals()
    sys.exit(run(sys.argv[1:]))
