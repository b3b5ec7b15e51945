"""The command line as data: a walk over the same commands that the parser uses."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import get_args

from sentinai_cli import __version__
from sentinai_cli.cli import exit_codes
from sentinai_cli.cli.app import TABLE
from sentinai_cli.cli.click import ClickCommand, Parameter, TyperArgument, TyperOption
from sentinai_cli.cli.command import Command, Group
from sentinai_cli.cli.error_code import error_codes
from sentinai_cli.cli.lazy import Entry, load
from sentinai_cli.cli.shared import FORMATS, HelpOption, SharedOption, shared_options
from sentinai_cli.models import capability

WITHOUT_DATA = {
    "db shell": "psql takes the terminal over",
    "db logs": "the log is PostgreSQL's own text",
}
"""Commands whose output is no result of ours, each with the reason."""

FORMATS_OF = {"events tail": ("table", "jsonl"), "events export": ("jsonl",)}
"""Commands that do not write every format: a tail has no last line, and an export is for other programs."""

_ENVIRONMENT = re.compile(r"\b(SENTINAI_[A-Z_]+[A-Z])\b")
_TYPES = {bool: "flag", int: "integer", float: "number", Decimal: "decimal", datetime: "time", Path: "file"}


def commands(table: dict[str, Entry] = TABLE) -> Iterator[tuple[str, Command, bool]]:
    """Every visible command of a table with its full name, and whether its group is it when called bare."""
    for name, entry in table.items():
        yield from _walk(name, load(name, entry), bare=False)


def _walk(path: str, command: ClickCommand, *, bare: bool) -> Iterator[tuple[str, Command, bool]]:
    if isinstance(command, Group):
        for name, inner in command.commands.items():
            yield from _walk(f"{path} {name}", inner, bare=name == command.bare)
    elif isinstance(command, Command) and not command.hidden:
        yield path, command, bare


def capabilities(table: dict[str, Entry] = TABLE) -> capability.Capabilities:
    """All of it, in the order of the help pages."""
    raised_as = {int(code): kind for code, kind in exit_codes.error_classes().items()}
    return capability.Capabilities(
        tool_version=__version__,
        formats=FORMATS,
        shared=tuple(map(_parameter, shared_options())),
        commands=tuple(_command(name, command, bare) for name, command, bare in commands(table)),
        exit_codes=tuple(
            capability.ExitMeaning(
                code=int(code), name=code.name.lower(), meaning=meaning, error_class=raised_as.get(int(code))
            )
            for code, meaning in exit_codes.MEANING.items()
        ),
        error_codes=tuple(
            capability.ErrorMeaning(code=entry.code, exits=entry.exits, cause=entry.cause) for entry in error_codes()
        ),
    )


def _command(name: str, command: Command, bare: bool) -> capability.CommandCapability:
    formats = () if name in WITHOUT_DATA else (*FORMATS_OF.get(name, FORMATS), *command.formats)
    own = [param for param in command.params if not isinstance(param, SharedOption | HelpOption)]
    own.sort(key=lambda param: isinstance(param, TyperOption))  # arguments first, as help has them
    return capability.CommandCapability(
        name=name,
        summary=(command.help or "").strip().partition("\n\n")[0].replace("\n", " "),
        mutation=command.mutation.value,
        formats=formats,
        bare=bare,
        parameters=tuple(_parameter(param) for param in own if not getattr(param, "hidden", False)),
        examples=command.examples,
    )


def _parameter(param: Parameter) -> capability.Parameter:
    assert isinstance(param, TyperOption | TyperArgument)
    option = isinstance(param, TyperOption)
    names = (*param.opts, *param.secondary_opts) if option else (_called(param),)
    named = _ENVIRONMENT.search(param.help or "")
    return capability.Parameter(
        kind="option" if option else "argument",
        names=names,
        type=_type(param),
        values=_values(param),
        required=param.required,
        repeatable=bool(isinstance(param, TyperOption) and param.multiple) or param.nargs == -1,
        default=_default(param),
        environment=named.group(1) if named else None,
        help=param.help or "",
    )


def _called(param: Parameter) -> str:
    return (param.metavar or param.name.upper()).strip("[].") or param.name.upper()


def _type(param: TyperOption | TyperArgument) -> str:
    if (param.metavar or "").strip("[].") in ("FILE", "DIR", "PATH"):
        return "file"
    annotation = param.type_descriptor.annotation
    inner = get_args(annotation)
    return _TYPES.get(inner[0] if isinstance(annotation, type(list[str])) and inner else annotation, "text")


def _values(param: TyperOption | TyperArgument) -> tuple[str, ...]:
    if "--output" in param.opts:
        return FORMATS
    if param.type_descriptor.choices:
        return tuple(map(str, param.type_descriptor.choices))
    return tuple((param.metavar or "").split("|")) if "|" in (param.metavar or "") else ()


def _default(param: TyperOption | TyperArgument) -> str | None:
    if isinstance(param.show_default, str):
        return param.show_default
    if param.default is None or callable(param.default) or param.default in (False, (), []):
        return None
    return str(param.default)
