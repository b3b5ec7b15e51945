"""The options that every command has, and that are also accepted before the subcommand."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Protocol

from sentinai_cli.cli.click import Context, Exit, TyperOption, described
from sentinai_cli.errors import InvalidInput

PANEL = "Shared options"
FORMATS = ("table", "json", "jsonl", "csv", "tsv")
SPECIAL = ("prometheus", "junit")
"""Formats of some commands only, which say so."""


@dataclass
class Shared:
    """What was given. `output` None means that nobody chose: a table on a terminal, TSV elsewhere."""

    output: str | None = None
    fields: tuple[str, ...] = ()
    profile: str | None = None
    quiet: bool = False
    no_input: bool = False
    debug: bool = False

    @property
    def speaks_json(self) -> bool:
        """Whether errors are written as JSON too."""
        return self.output in ("json", "jsonl")


class Holder(Protocol):
    """What the context's `obj` must be: something that holds a Shared."""

    shared: Shared


def _take_output(shared: Shared, value: str) -> None:
    if value not in (*FORMATS, *SPECIAL):
        raise InvalidInput("unknown_output", f"there is no output format {value!r}", why=f"one of {', '.join(FORMATS)}")
    if shared.output not in (None, value):
        raise InvalidInput("output_given_twice", f"both {shared.output} and {value} were asked for as output")
    shared.output = value


def _take_fields(shared: Shared, value: str) -> None:
    fields = tuple(field.strip() for field in value.split(","))
    if not all(fields):
        raise InvalidInput("empty_field", f"--fields {value!r} names an empty field", why="as in --fields a,b.c")
    shared.fields = tuple(dict.fromkeys((*shared.fields, *fields)))


class SharedOption(TyperOption):
    """An option that goes to `ctx.obj.shared` and not to the command.

    Values stay text and are taken here, since Typer's own conversion imports pydantic, and `--help` of a
    subcommand must not wait for that. Eager, so that the way to report an error is known before errors occur.
    """

    def __init__(self, *names: str, help: str, metavar: str | None = None) -> None:
        super().__init__(
            param_decls=list(names),
            type_descriptor=described(bool if metavar is None else str),
            is_flag=metavar is None,
            metavar=metavar,
            help=help,
            expose_value=False,
            is_eager=True,
            rich_help_panel=PANEL,
        )

    def process_value(self, ctx: Context, value: Any) -> None:
        if value is None or ctx.obj is None:
            return
        shared = ctx.obj.shared
        if self.name == "output":
            _take_output(shared, value)
        elif self.name == "json":
            _take_output(shared, "json")
        elif self.name == "fields":
            _take_fields(shared, value)
        else:
            setattr(shared, self.name, value)


class HelpOption(TyperOption):
    """`--help`, which like the shared options gets along without Typer's conversion."""

    def __init__(self) -> None:
        super().__init__(
            param_decls=["-h", "--help"],
            type_descriptor=described(bool),
            is_flag=True,
            help="Show this page.",
            expose_value=False,
            is_eager=True,
            rich_help_panel=PANEL,
        )

    def process_value(self, ctx: Context, value: Any) -> None:
        if value and not ctx.resilient_parsing:
            sys.stdout.write(ctx.get_help())
            raise Exit


def refuse_unoffered(shared: Shared, formats: Sequence[str], command: str) -> None:
    """Raise InvalidInput when the output that was asked for is special and not one of the command's `formats`."""
    if shared.output in SPECIAL and shared.output not in formats:
        raise InvalidInput(
            "output_not_offered",
            f"{command} has no output format {shared.output}",
            why=f"one of {', '.join((*FORMATS, *formats))}",
        )


def shared_options(formats: Sequence[str] = ()) -> list[SharedOption]:
    """Fresh options for one command, which has `formats` besides those of all: click keeps state in them."""
    known = ", ".join((*FORMATS, *formats))
    return [
        SharedOption("-o", "--output", metavar="FORMAT", help=f"{known}; in a pipe the default is tsv."),
        SharedOption("--json", help="The same as --output json."),
        SharedOption("--fields", metavar="A,B.C", help="Only these fields."),
        SharedOption("--profile", metavar="NAME", help="The target to use; `embedded` is always there."),
        SharedOption("-q", "--quiet", help="No notes, banner or progress on standard error; errors remain."),
        SharedOption("--no-input", help="Never ask: what is missing fails at once."),
        SharedOption("--debug", help="Show the traceback of an error."),
    ]


def guess(arguments: list[str]) -> Shared:
    """What the shared options seem to be when the command line itself could not be parsed."""
    shared = Shared(debug="--debug" in arguments, quiet="--quiet" in arguments or "-q" in arguments)
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        value = following if argument in ("-o", "--output") else argument.removeprefix("--output=").removeprefix("-o")
        if argument == "--json":
            shared.output = "json"
        elif argument.startswith(("-o", "--output")) and value in (*FORMATS, *SPECIAL):
            shared.output = value
    return shared
