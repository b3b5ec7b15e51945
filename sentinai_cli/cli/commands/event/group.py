"""The group that the commands of `sentinai events` belong to."""

from sentinai_cli.cli.command import Commands

app = Commands(help="The append-only event log: list, tail, append, verify, seal, prove, export.")
