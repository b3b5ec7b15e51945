"""`sentinai …` with the migrations in another directory: MIGRATIONS names it. Says `ready` when a revision begins."""

import os
import sys
from pathlib import Path

from sentinai_cli.cli.run import run, unwind_on_sigterm
from sentinai_cli.db import migration_script

if __name__ == "__main__":
    place = Path(os.environ["MIGRATIONS"])
    migration_script.bundled = lambda _: place  # type: ignore[attr-defined]
    unwind_on_sigterm()
    sys.exit(run(sys.argv[1:]))
