"""The group that the modules beside this one add their commands to."""

from sentinai_cli.cli.command import Commands

app = Commands(
    help="""What must stay and what must go: legal holds.

    What is under a legal hold is not erased by anything.
    """
)
