"""The one place that turns an exception into words on standard error and an exit code."""

import json
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from sentinai_cli.cli.click import BadParameter, MissingParameter, NoSuchOption, UsageError
from sentinai_cli.cli.command import NothingAsked, UnknownCommand
from sentinai_cli.cli.exit_codes import ExitCode, exit_code
from sentinai_cli.cli.fold import folded
from sentinai_cli.cli.ink import Ink
from sentinai_cli.cli.shared import Shared
from sentinai_cli.errors import SentinaiError
from sentinai_cli.render.text import safe


@dataclass(frozen=True)
class Failure:
    """An error in the words that the operator reads. `fix` is one runnable command line."""

    code: str
    what: str
    why: str | None
    fix: str | None
    exit: ExitCode


def explain(error: BaseException) -> Failure:
    """What an exception means to the operator."""
    if isinstance(error, SentinaiError):
        return Failure(error.code, error.what, error.why, error.fix, exit_code(error))
    if isinstance(error, UsageError):
        return _usage(error)
    what = f"unexpected {type(error).__name__}: {error}" if str(error) else f"unexpected {type(error).__name__}"
    why = "this is a bug in sentinai; repeat the command with --debug to see where"
    return Failure("unexpected", what, why, None, ExitCode.UNEXPECTED)


def _usage(error: UsageError) -> Failure:
    code, why = "usage", None
    what = error.format_message().rstrip(".")
    fix = f"{error.ctx.command_path} --help" if error.ctx else None
    if isinstance(error, UnknownCommand):
        code = "unknown_command"
        why = ("did you mean " if error.near else "there are ") + ", ".join(error.candidates)
        if error.near and error.ctx:
            fix = f"{error.ctx.command_path} {error.candidates[0]} --help"
    elif isinstance(error, NothingAsked):
        code = "no_command"
    elif isinstance(error, NoSuchOption):
        code, what = "unknown_option", f"there is no option {error.option_name}"
        why = f"did you mean {', '.join(sorted(error.possibilities))}" if error.possibilities else None
    elif isinstance(error, MissingParameter):
        code = "missing_option"
        what = " ".join(what.split())
    elif isinstance(error, BadParameter):
        code = "invalid_value"
    return Failure(code, what, why, fix, ExitCode.INVALID_INPUT)


def report(error: BaseException, shared: Shared, scrub: Callable[[str], str]) -> ExitCode:
    """Write the error to standard error, every string scrubbed of secrets, and return the exit code.

    With JSON output the error is one object on one line, the last one; a traceback comes only with --debug.
    """
    if isinstance(error, KeyboardInterrupt):
        _write("\ninterrupted\n" if sys.stderr.isatty() else "interrupted\n")  # below the ^C that a terminal shows
        return ExitCode.INTERRUPTED
    failure = explain(error)
    if shared.debug:
        lines = "".join(traceback.format_exception(error)).splitlines()
        _write("".join(f"{safe(scrub(line))}\n" for line in lines))
    if isinstance(error, NothingAsked) and not shared.speaks_json:
        _write(error.page.render(sys.stderr))
    elif shared.speaks_json:
        fields = {"code": failure.code, "what": failure.what, "why": failure.why, "fix": failure.fix}
        clean = {name: scrub(text) if text else None for name, text in fields.items()}
        _write(json.dumps({**clean, "exit": int(failure.exit)}) + "\n")
    else:
        _write(_text(failure, scrub))
    return failure.exit


def _text(failure: Failure, scrub: Callable[[str], str]) -> str:
    ink = Ink(sys.stderr)
    lines = [_line(ink, "error", f"error[{failure.code}]:", scrub(failure.what))]
    if failure.why:
        lines += [_line(ink, "note", "  why:", scrub(line)) for line in failure.why.splitlines()]
    if failure.fix:
        lines.append(f"{ink('note', '  fix:')} {ink('fix', safe(scrub(failure.fix)))}")
    return "\n".join(lines) + "\n"


def _line(ink: Ink, tone: str, label: str, text: str) -> str:
    said = folded(f"{label} {safe(text)}", sys.stderr, indent=7)
    return ink(tone, label) + said.removeprefix(label)


def _write(text: str) -> None:
    """Nothing can be done about a standard error that is closed, and it must not hide the exit code."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        return
