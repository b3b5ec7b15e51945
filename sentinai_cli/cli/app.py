"""The root command and the table of everything under it. A new command is one line here."""

from typer.main import get_group

from sentinai_cli.cli.click import TyperGroup
from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.lazy import Entry, LazyGroup

_HERE = "sentinai_cli.cli.commands."

TABLE: dict[str, Entry] = {
    "demo": Entry("Start here", "From nothing to seeded exceptions, in one go.", _HERE + "demo"),
    "status": Entry("Start here", "Which database this is, and what it holds.", _HERE + "status"),
    "exceptions": Entry("Work", "Exceptions: find, understand and act on them.", _HERE + "exception"),
    "events": Entry("Work", "The append-only event log: list, tail, append, verify, seal, export.", _HERE + "event"),
    "tenants": Entry("Set up", "Tenants: create, list, show, suspend, archive, activate, purge.", _HERE + "tenant"),
    "packs": Entry(
        "Set up",
        "Domain and policy packs: validate, import, compare, preview, activate, roll back, explain.",
        _HERE + "pack",
    ),
    "playbooks": Entry("Set up", "Playbooks of each tenant, as its active packs declare them.", _HERE + "playbook"),
    "tools": Entry("Set up", "Tools of each tenant: list, show, enable, disable.", _HERE + "tool"),
    "seed": Entry("Set up", "Seed realistic multi-tenant exceptions, deterministically.", _HERE + "seed"),
    "migrate": Entry("Database", "Bring the database's schema up to date.", _HERE + "migrate"),
    "db": Entry("Database", "The embedded server; backup, restore, reset, wait for any.", _HERE + "database"),
    "health": Entry("Database", "Checks with remedies: server, schema, isolation, tenants.", _HERE + "health"),
    "retention": Entry("Database", "Time to live: export and erase what is past it; legal holds.", _HERE + "retention"),
    "operations": Entry("Tool", "The operator journal: who did what, when and why.", _HERE + "operation"),
    "config": Entry("Tool", "Settings and profiles: their values and where each came from.", _HERE + "config"),
    "capabilities": Entry("Tool", "What this version can do, for programs that call it.", _HERE + "capabilities"),
    "completion": Entry("Tool", "The script that makes bash, zsh or fish complete sentinai.", _HERE + "completion"),
}

_EXAMPLES = {
    "demo": "sentinai demo # everything, in one go",
    "status": "sentinai status # what this database holds",
    "exceptions": "sentinai exceptions list --severity critical # the worst of all tenants",
    "config": "sentinai config show # where each setting comes from",
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
