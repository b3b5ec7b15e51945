"""What this version of the command line can do, for programs that call it."""

from sentinai_cli.models.base import Model

SCHEMA_VERSION = 1
"""Of this document. It grows when a field leaves or changes its meaning; fields may be added without."""


class Parameter(Model):
    """An option or argument. `names` of an argument is what its help calls it.

    `type` is flag, text, integer, number, decimal, time or file. `values` are the words that it takes, when they are
    few. `environment` is the variable that stands in when it is not given.
    """

    kind: str
    names: tuple[str, ...]
    type: str
    values: tuple[str, ...] = ()
    required: bool = False
    repeatable: bool = False
    default: str | None = None
    environment: str | None = None
    help: str


class CommandCapability(Model):
    """One command. `mutation` is reads, local, writes or severe; `formats` is empty where the output is not data.

    `parameters` are its own; those that every command takes stand in the document's `shared`. `bare`: the group itself
    is this command when none is named.
    """

    name: str
    summary: str
    mutation: str
    formats: tuple[str, ...]
    bare: bool = False
    parameters: tuple[Parameter, ...]
    examples: tuple[str, ...]


class ExitMeaning(Model):
    """`error_class` is null where no error of ours leads to it."""

    code: int
    name: str
    meaning: str
    error_class: str | None


class ErrorMeaning(Model):
    """A stable error code, with the exit codes it may come with."""

    code: str
    exits: tuple[int, ...]
    cause: str


class Capabilities(Model):
    """The whole command line as data."""

    schema_version: int = SCHEMA_VERSION
    tool_version: str
    formats: tuple[str, ...]
    shared: tuple[Parameter, ...]
    commands: tuple[CommandCapability, ...]
    exit_codes: tuple[ExitMeaning, ...]
    error_codes: tuple[ErrorMeaning, ...]


class ResultSchemas(Model):
    """The JSON Schema of each result, by its name; `-o json` prints documents that are valid under it."""

    schema_version: int = SCHEMA_VERSION
    schemas: dict[str, dict[str, object]]
