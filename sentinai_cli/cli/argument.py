"""What was given to a command, as the operator journal keeps it."""

from collections.abc import Callable
from datetime import datetime

from sentinai_cli.cli.click import Context, Parameter, ParameterSource, TyperOption

_KEPT_ELSEWHERE = ("actor", "reason", "yes", "confirm", "payload", "remark")


def given_arguments(ctx: Context | None, scrub: Callable[[str], str]) -> dict[str, str]:
    """The arguments and options of the command line, by the names that the operator knows, each scrubbed of secrets.

    Defaults are left out, and so is what the journal keeps in fields of its own or must not keep.
    """
    if ctx is None:
        return {}
    return {
        _shown_name(param): scrub(_plain(ctx.params[param.name]))
        for param in ctx.command.params
        if param.name in ctx.params
        and ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
        and param.name not in _KEPT_ELSEWHERE
    }


def _shown_name(param: Parameter) -> str:
    """What the operator calls it: the option without its dashes."""
    return param.opts[0].lstrip("-") if isinstance(param, TyperOption) else param.name


def _plain(value: object) -> str:
    """A text that can be stored: of a file's name, bytes that are no characters are spelled out."""
    if isinstance(value, datetime):
        return value.isoformat()
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text.encode(errors="backslashreplace").decode()
