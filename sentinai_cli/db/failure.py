"""Driver errors become ours, here and nowhere else. No driver text that could hold a secret gets through."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg

from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, Refused, SentinaiError, Unavailable

Behind = TypeVar("Behind", bound=BaseException)

_SCHEMA_BEHIND = {"42P01", "42703", "42704", "42883", "22023"}
_DAMAGED = {"XX001", "XX002"}
_LOST = {"57P01", "57P02", "57P05", "25P03"}


@contextmanager
def translated() -> Iterator[None]:
    """Let no driver error out of the block but as one of ours, or as what would be a bug of ours."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise InvalidInput("invalid_text", "a text holds bytes that are no characters", why=error.reason) from None
    except psycopg.Error as error:
        raise _behind(error, KeyboardInterrupt) or _ours(error) from error
    except Exception as error:
        if (ours := _of_sqlalchemy(error)) is None:
            raise
        raise ours from error


def _of_sqlalchemy(error: Exception) -> BaseException | None:
    """What an error of SQLAlchemy's is among ours; one that it did not raise is None, as is every one without it."""
    if "sqlalchemy.exc" not in sys.modules:
        return None
    from sqlalchemy.exc import DBAPIError, PendingRollbackError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    if isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.Error):
        return _behind(error, KeyboardInterrupt) or _ours(error.orig)
    if isinstance(error, PendingRollbackError):  # a block of Alembic's that commits on the way out, whatever happened
        lost = _behind(error, psycopg.Error)
        return _behind(error, KeyboardInterrupt) or (None if lost is None else _ours(lost))
    if isinstance(error, PoolTimeout):
        return Unavailable("pool_exhausted", "no database connection became free in time")
    return None


def _behind(error: BaseException, kind: type[Behind]) -> Behind | None:
    """What was being cleaned up after. Whoever goes on after errors must not go on after an interrupt."""
    behind = error.__context__
    while behind is not None and not isinstance(behind, kind):
        behind = behind.__context__
    return behind


def _ours(error: psycopg.Error) -> Exception:
    message = error.diag.message_primary or re.sub(r"\s+", " ", str(error))
    if error.sqlstate is None and isinstance(error, psycopg.DataError):
        return InvalidInput("invalid_text", "a text cannot be stored", why=message)
    known: SentinaiError | None = from_sqlstate(error.sqlstate, message)
    return known if known is not None else error


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
