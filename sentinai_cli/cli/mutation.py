"""What a command changes, as each command declares it."""

from enum import StrEnum


class Mutation(StrEnum):
    """The classes, from harmless to what cannot be taken back.

    `writes` and `severe` name their target first and enter the operator journal. What is `severe` in some way of
    calling it is declared so throughout: it asks for an exact name, or refuses on production, in that way only.
    """

    READS = "reads"
    """Nothing but output."""
    LOCAL = "local"
    """Files and the server on this machine; at most a line in the journal of the database."""
    WRITES = "writes"
    """What the database holds."""
    SEVERE = "severe"
    """What the database holds, beyond taking back."""
