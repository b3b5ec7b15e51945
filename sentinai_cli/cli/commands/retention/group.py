"""The group that the modules beside this one add their commands to."""

from sentinai_cli.cli.command import Commands

app = Commands(
    help="""What must go and what must stay: time to live, legal holds, the journal.

    What is beyond its time to live is exported, then erased. What is under a legal hold is not erased by anything.
    Nothing goes by itself.
    """
)
