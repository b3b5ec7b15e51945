"""The group that the modules beside this one add their commands to."""

from sentinai_cli.cli.command import Commands

app = Commands(help="The database: the embedded server, the address of any, backup, restore, reset.")
