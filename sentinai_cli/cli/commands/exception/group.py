"""The group that the modules beside this one add their commands to."""

from sentinai_cli.cli.command import Commands

app = Commands(help="Exceptions: find, understand and act on them.")
