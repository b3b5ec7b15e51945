"""The root command and the table of everything under it. A new command is one line here."""

from typer.main import get_group

from sentinai_cli.cli.click import TyperGroup
from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.lazy import Entry, LazyGroup

_HERE = "sentinai_cli.cli.commands."

TABLE: dict[str, Entry] = {
    "config": Entry("Tool", "Settings: their values and where each came from.", _HERE + "config"),
}

_EXAMPLES = {
    "demo": "sentinai demo # a database, tenants, packs and exceptions in one go",
    "status": "sentinai status # which database this is and what it holds",
    "exceptions": "sentinai exceptions list --severity critical # the worst, across all tenants",
    "config": "sentinai config show # every setting and where it came from",
}


def root(table: dict[str, Entry] = TABLE) -> TyperGroup:
    """The root group over a table of commands."""

    class Root(LazyGroup):
        examples = tuple(example for name, example in _EXAMPLES.items() if name in table)

    Root.table = table
    app = Commands(help="The admin and operations command line of the SentinAI exception platform.")
    app.callback(cls=Root)(_nothing)
    return get_group(app)


def _nothing() -> None:
    """The root has no work of its own: its options are the shared ones."""
