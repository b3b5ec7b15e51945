"""What the process exit code says. Part of the contract; docs/reference/exit-codes.md is generated from here."""

from enum import IntEnum

from sentinai_cli import errors


class ExitCode(IntEnum):
    OK = 0
    UNEXPECTED = 1
    INVALID_INPUT = 2
    NOT_FOUND = 3
    CHECK_FAILED = 4
    UNAVAILABLE = 5
    CONFLICT = 6
    REFUSED = 7
    PARTIAL = 8
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


MEANING = {
    ExitCode.OK: "done, or there was nothing to do",
    ExitCode.UNEXPECTED: "unexpected: a bug, or the output could not be written",
    ExitCode.INVALID_INPUT: "the command line, a setting or a named file cannot be used; nothing was changed",
    ExitCode.NOT_FOUND: "a thing that was named does not exist",
    ExitCode.CHECK_FAILED: "a check ran and found something, or the schema is not what the command needs",
    ExitCode.UNAVAILABLE: "the database or the API cannot be reached; trying again later may help",
    ExitCode.CONFLICT: "it exists already, changed meanwhile, or somebody else holds the lock",
    ExitCode.REFUSED: "a guard said no: a missing confirmation, a protected environment, a missing right",
    ExitCode.PARTIAL: "some of the work was done and some was not; the result says which",
    ExitCode.HUNG_UP: "the terminal was closed (SIGHUP)",
    ExitCode.INTERRUPTED: "interrupted from the keyboard",
    ExitCode.TERMINATED: "stopped by SIGTERM",
}

_OF_ERROR: dict[type[errors.SentinaiError], ExitCode] = {
    errors.InvalidInput: ExitCode.INVALID_INPUT,
    errors.NotFound: ExitCode.NOT_FOUND,
    errors.CheckFailed: ExitCode.CHECK_FAILED,
    errors.Unavailable: ExitCode.UNAVAILABLE,
    errors.Conflict: ExitCode.CONFLICT,
    errors.Refused: ExitCode.REFUSED,
    errors.Partial: ExitCode.PARTIAL,
}


def exit_code(error: BaseException) -> ExitCode:
    """The code for an error: that of its class or nearest base, UNEXPECTED for anything we did not foresee."""
    for kind in type(error).__mro__:
        if kind in _OF_ERROR:
            return _OF_ERROR[kind]
    return ExitCode.UNEXPECTED


def error_classes() -> dict[ExitCode, str]:
    """The class of errors that each code stands for, where there is one."""
    return {code: kind.__name__ for kind, code in _OF_ERROR.items()}


def page() -> str:
    """docs/reference/exit-codes.md."""
    raised_as = error_classes()
    rows = [f"| {code.value} | {meaning} | {raised_as.get(code, '')} |" for code, meaning in MEANING.items()]
    return "\n".join(
        [
            "# Exit codes",
            "",
            "Scripts may rely on these numbers; they do not change their meaning. The error itself, with a stable",
            "code, goes to standard error: as text, or as one JSON object on the last line with `-o json`.",
            "",
            "| exit | meaning | error class |",
            "|---:|---|---|",
            *rows,
            "",
        ]
    )
