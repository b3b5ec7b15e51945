"""The root group: it lists commands from a table and imports a command's module when that command is called."""

from dataclasses import dataclass
from importlib import import_module
from typing import ClassVar

import typer
from typer.main import get_group

from sentinai_cli.cli.click import ClickCommand, Context
from sentinai_cli.cli.command import Group


@dataclass(frozen=True)
class Entry:
    """One root command: `section` is its heading on the root help page, `module` has the Typer `app`."""

    section: str
    help: str
    module: str


class LazyGroup(Group):
    """Subclass with `table`. A module whose only command bears its entry's name is that command, not a group."""

    table: ClassVar[dict[str, Entry]] = {}

    def list_commands(self, ctx: Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: Context, cmd_name: str) -> ClickCommand | None:
        entry = self.table.get(cmd_name)
        return None if entry is None else load(cmd_name, entry)

    def sections(self, ctx: Context) -> list[tuple[str, list[tuple[str, str]]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for name, entry in self.table.items():
            found.setdefault(entry.section, []).append((name, entry.help))
        return list(found.items())

    def _borrowed_examples(self, ctx: Context) -> tuple[str, ...]:
        return ()


def load(name: str, entry: Entry) -> ClickCommand:
    """Import the entry's module and build its command or group."""
    app = import_module(entry.module).app
    if not isinstance(app, typer.Typer):
        raise TypeError(f"{entry.module}.app is not a Typer")
    group = get_group(app)
    group.name = name
    return group.commands[name] if list(group.commands) == [name] else group
