"""Driver errors become ours, here and nowhere else. No driver text that could hold a secret gets through."""

from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, Refused, SentinaiError, Unavailable

_SCHEMA_BEHIND = {"42P01", "42703", "42704", "42883", "22023"}
_DAMAGED = {"XX001", "XX002"}
_LOST = {"57P01", "57P02", "57P05", "25P03"}


def from_sqlstate(sqlstate: str | None, message: str) -> SentinaiError | None:
    """The expected failure that a server's SQLSTATE stands for, or None for what would be a bug of ours.

    `message` is the server's primary message: one sentence, without the statement and its values.
    """
    if sqlstate is None or sqlstate in _LOST or sqlstate.startswith("08"):
        return Unavailable("connection_lost", "the database connection was lost", why=message, fix="sentinai status")
    if sqlstate in _SCHEMA_BEHIND:
        return CheckFailed("schema_behind", "the database has no current schema", why=message, fix="sentinai migrate")
    if sqlstate in {"55P03", "40P01", "40001"}:
        return Conflict("locked", "somebody else holds the rows or the lock", why=message, fix="sentinai status")
    if sqlstate == "23505":
        return Conflict("made_meanwhile", "somebody else made the same at the same time", why=message)
    if sqlstate == "25006":
        return Refused("database_read_only", "the database takes no changes", why=message, fix="sentinai config show")
    if sqlstate == "42501":
        return Refused("not_permitted", "the database refused", why=message)
    return _unable(sqlstate, message) or _unfit(sqlstate, message)


def _unable(sqlstate: str, message: str) -> Unavailable | None:
    """The server is short of time, memory, disk or connections, or its files are not what it wrote."""
    if sqlstate == "57014":
        return Unavailable("statement_timeout", "the database took too long and the statement was stopped")
    if sqlstate.startswith("53"):
        return Unavailable("server_full", "the database server has no room left", why=message)
    if sqlstate.startswith("58") or sqlstate in _DAMAGED:
        return Unavailable("server_damaged", "the database server cannot read or write its own files", why=message)
    return None


def _unfit(sqlstate: str, message: str) -> InvalidInput | None:
    """A text that no column takes: NUL, half a character, or too long for the index that it would be in."""
    if sqlstate in {"22021", "22P05"}:
        return InvalidInput("invalid_text", "a text holds what the database cannot store", why=message)
    if sqlstate == "54000":
        return InvalidInput("text_too_long", "a text is too long for where it would be kept", why=message)
    return None
