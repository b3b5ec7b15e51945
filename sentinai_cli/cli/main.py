"""The entry point. `--version` is answered before anything is imported."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line in sys.argv and exit with its code (cli/exit_codes.py)."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from sentinai_cli import __version__

        sys.stdout.write(f"sentinai {__version__}\n")
        sys.exit(0)
    if arguments[:1] in (["__complete"], ["__names"]):
        from sentinai_cli.cli.completion_entry import answer

        sys.exit(answer(arguments))
    _end_at_once_on_interrupt()
    from sentinai_cli.cli.run import run, unwind_on_signals

    unwind_on_signals()
    sys.exit(run(arguments))


def _end_at_once_on_interrupt() -> None:
    """As long as there is nothing to unwind: Ctrl-C in the middle of an import would show where."""
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
