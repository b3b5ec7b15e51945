"""One run of the command line: parse, call the command, turn whatever happens into an exit code."""

import signal
import sys
import threading
from types import FrameType

from sentinai_cli.cli.app import root
from sentinai_cli.cli.click import Exit, TyperGroup
from sentinai_cli.cli.exit_codes import ExitCode
from sentinai_cli.cli.failure import report
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.cli.shared import guess
from sentinai_cli.cli.streams import prepare, reader_is_gone, settle


class Stopped(KeyboardInterrupt):
    """A signal arrived that ends the process: unwind, so that transactions roll back and connections close.

    A kind of Ctrl-C, on which the driver also cancels the statement that the server is busy with.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.code = 128 + number


def unwind_on_signals() -> None:
    """Let SIGTERM and SIGHUP unwind the stack, as Ctrl-C does, instead of ending the process where it stands.

    Main thread only. What the caller ignores, as nohup does with SIGHUP, stays ignored. A signal that comes where
    Python drops what is raised comes again.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(number)

    others = sys.unraisablehook

    def unheard(dropped: "sys.UnraisableHookArgs") -> None:
        if isinstance(dropped.exc_value, KeyboardInterrupt):
            _send_again(getattr(dropped.exc_value, "number", signal.SIGINT))
        else:
            others(dropped)

    sys.unraisablehook = unheard
    for name, act in (("SIGINT", signal.default_int_handler), ("SIGTERM", stop), ("SIGHUP", stop)):
        number = getattr(signal, name, None)  # Windows lacks some
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, act)


def _send_again(number: int) -> None:
    """In a moment. What is raised in a destructor or a callback of the collector goes nowhere, a signal's as well."""
    sending = threading.Timer(0.02, signal.pthread_kill, (threading.main_thread().ident, number))
    sending.daemon = True
    sending.start()


def run(arguments: list[str], *, runtime: Runtime | None = None, tree: TyperGroup | None = None) -> int:
    """Run the command line `arguments` (without the program's name) and return the exit code. Never raises."""
    runtime = runtime or Runtime()
    prepare()
    try:
        _run(arguments, runtime, tree or root())
        sys.stdout.flush()
        code: int = ExitCode.OK
    except Exit as asked:
        code = asked.exit_code
    except Stopped as stopped:
        code = stopped.code
    except BrokenPipeError as error:
        code = ExitCode.OK if reader_is_gone(sys.stdout) else report(error, runtime.shared, runtime.scrub)
    except BaseException as error:  # noqa: BLE001 - nothing may leave but an exit code
        if not runtime.command:
            _fill_in(runtime, arguments)
        code = report(error, runtime.shared, runtime.scrub)
    settle(sys.stdout)
    settle(sys.stderr)
    return code


def _run(arguments: list[str], runtime: Runtime, tree: TyperGroup) -> None:
    try:
        with tree.make_context("sentinai", list(arguments), obj=runtime) as context:
            context.command.invoke(context)
    finally:
        runtime.close()


def _fill_in(runtime: Runtime, arguments: list[str]) -> None:
    """An error before the command began may have kept the parser from the options that say how to report it."""
    guessed = guess(arguments)
    runtime.shared.output = runtime.shared.output or guessed.output
    runtime.shared.debug = runtime.shared.debug or guessed.debug
