"""The tree of small commands as a program of its own: `python -m tests.cli.program probe list`."""

import sys

from sentinai_cli.cli.app import root
from sentinai_cli.cli.run import run, unwind_on_signals
from tests.cli.conftest import TREE

if __name__ == "__main__":
    unwind_on_signals()
    sys.exit(run(sys.argv[1:], tree=root(TREE)))
