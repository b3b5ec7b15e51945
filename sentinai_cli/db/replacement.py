"""A new database that takes the place of the target's in one step, or leaves no trace.

PostgreSQL renames databases inside a transaction: the old one steps aside and the new one takes its name at once.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from uuid import uuid4

import psycopg
from psycopg import sql

from sentinai_cli.db.engine import Database
from sentinai_cli.db.pooler import require_session
from sentinai_cli.errors import Conflict, NotFound, Refused

_LONGEST = 63
_APPENDED = len("_before_20261120t030000z")
_ATTEMPTS = 12
_PAUSE = 0.1
_SESSIONS = """
    SELECT coalesce(nullif(application_name, ''), 'no name'), pid FROM pg_stat_activity
    WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY backend_start
"""
_RIGHTS = """
    SELECT CASE WHEN a.grantee = 0 THEN NULL ELSE pg_get_userbyid(a.grantee) END, a.privilege_type, a.is_grantable
    FROM pg_database AS d, aclexplode(d.datacl) AS a WHERE d.datname = %s AND a.grantee <> d.datdba
"""
_RIGHT = re.compile(r"[A-Z]+")


class Replacement:
    """The new database, and the way into the old one's place."""

    def __init__(self, admin: psycopg.Connection, database: Database, name: str, new: str) -> None:
        self._admin = admin
        self._target = database
        self._name = name
        self._new = new
        self.database = database.beside(new)

    def take_place(self, *, keep: bool, disconnect: bool, at: datetime) -> str | None:
        """Give the new database the target's name; the name under which the old one is kept, None when it is gone.

        Without `keep` the old one is dropped; that it cannot be does not undo what was done, and it is kept. Raises
        Conflict `database_in_use` while others are connected to either; `disconnect` ends their sessions.
        """
        self.database.close()
        self._target.close()
        exists = _scalar(self._admin, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", self._name)
        if not exists:
            self._rename({self._new: self._name}, disconnect=disconnect)
            return None
        _carry_over(self._admin, self._name, self._new)
        aside = f"{_cut(self._name)}_before_{at:%Y%m%dt%H%M%Sz}"
        self._rename({self._name: aside, self._new: self._name}, disconnect=disconnect)
        if keep:
            return aside
        try:
            drop_database(self._admin, aside)
        except psycopg.Error:
            return aside
        return None

    def _rename(self, names: dict[str, str], *, disconnect: bool) -> None:
        """Several attempts: a session that was closed is there for a moment more, one that was ended may come back."""
        sessions: list[tuple[str, int]] = []
        for _ in range(_ATTEMPTS):
            sessions = [session for name in names for session in _sessions(self._admin, name)]
            if disconnect:
                for _, pid in sessions:
                    self._admin.execute("SELECT pg_terminate_backend(%s)", [pid])
            if disconnect or not sessions:
                try:
                    with self._admin.transaction():
                        for before, after in names.items():
                            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                            self._admin.execute(rename.format(sql.Identifier(before), sql.Identifier(after)))
                    return
                except psycopg.errors.ObjectInUse:
                    pass
                except psycopg.errors.DuplicateDatabase as error:
                    why = error.diag.message_primary
                    raise Conflict("name_taken", "another database has the name", why=why) from None
            time.sleep(_PAUSE)
        raise _in_use(self._name, sessions)


@contextmanager
def replacement(database: Database) -> Iterator[Replacement]:
    """An empty database beside the target's, dropped again unless it takes its place.

    One at a time for each target; what a killed one left is dropped first. Raises Refused where this login may not
    make databases or does not own the target, or the target is a maintenance database.
    """
    name = target_name(database)
    with _maintenance(database) as admin, _alone(admin, name):
        _require_owner(admin, name)
        _drop_abandoned(admin, name)
        new = f"{_cut(name)}_restoring_{uuid4().hex[:8]}"
        made = Replacement(admin, database, name, new)
        try:
            _create(admin, new)
            yield made
        except BaseException:
            made.database.close()
            with suppress(psycopg.Error):  # what went wrong first is what to hear of
                drop_database(admin, new)
            raise


def target_name(database: Database) -> str:
    """The name of the target's database. Raises Refused for one that the server itself needs."""
    name = database.direct_url.database
    if name is None:
        with database.direct() as connection:
            name = connection.info.dbname
    if name in ("postgres", "template0", "template1"):
        raise Refused(
            "maintenance_database",
            f"{name} belongs to the server and is not replaced",
            why="name a database of its own in the URL",
            fix="sentinai config show",
        )
    return name


def server_version(database: Database) -> tuple[int, str]:
    """The server's major version, and its version as text; the target's database need not be there."""
    with _maintenance(database) as admin:
        told = (admin.info.parameter_status("server_version") or "unknown").split()[0]
        return admin.info.server_version // 10000, told


def drop_database(admin: psycopg.Connection, name: str) -> None:
    """Drop a database of ours, sessions and all, if it is there."""
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _maintenance(database: Database) -> Iterator[psycopg.Connection]:
    """A connection to the same server and to nobody's own database. Raises InvalidInput behind a pooler."""
    with ExitStack() as stack:
        beside = database.beside("postgres")
        try:
            connection = stack.enter_context(beside.direct())
        except (NotFound, Refused):
            beside = database.beside("template1")
            connection = stack.enter_context(beside.direct())
        require_session(beside, connection)
        connection.execute("SET idle_session_timeout = 0; SET statement_timeout = 0")
        yield connection


@contextmanager
def _alone(admin: psycopg.Connection, name: str) -> Iterator[None]:
    """Hold the lock of this target, which ends with the connection at the latest."""
    if not _scalar(admin, "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", f"sentinai restore {_cut(name)}"):
        raise Conflict(
            "restore_running", f"somebody else is replacing the database {name}", fix="sentinai operations list"
        )
    yield


def _require_owner(admin: psycopg.Connection, name: str) -> None:
    """Only its owner renames a database; said before the long work, not after it."""
    if _scalar(admin, "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = %s", name) is False:
        names = {"database": sql.Identifier(name), "login": sql.Identifier(admin.info.user)}
        change = sql.SQL("ALTER DATABASE {database} OWNER TO {login};").format(**names).as_string(admin)
        raise Refused(
            "not_the_owner",
            f"this login does not own the database {name}, and only its owner replaces it",
            why=f"an administrator of the server must run once: {change}",
            fix="sentinai config show",
        )


def _create(admin: psycopg.Connection, new: str) -> None:
    try:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
        admin.execute(create.format(sql.Identifier(new)))
    except psycopg.errors.InsufficientPrivilege as error:
        grant = sql.SQL("ALTER ROLE {} CREATEDB;").format(sql.Identifier(admin.info.user)).as_string(admin)
        raise Refused(
            "createdb_missing",
            "this login may not make databases, and a restore makes a new one",
            why=f"{error.diag.message_primary}; an administrator of the server must run once: {grant}",
            fix="sentinai config show",
        ) from None


def _drop_abandoned(admin: psycopg.Connection, name: str) -> None:
    """Drop what a killed restore of this target left: whoever works on one holds the lock."""
    pattern = re.compile(re.escape(_cut(name)) + "_restoring_[0-9a-f]{8}")
    for (found,) in admin.execute("SELECT datname FROM pg_database").fetchall():
        if pattern.fullmatch(found):
            drop_database(admin, found)


def _carry_over(admin: psycopg.Connection, old: str, new: str) -> None:
    """Who owns the database and who may connect to it stays as it was; a dump of its content does not hold that."""
    into = sql.Identifier(new)
    owners = "SELECT datname, pg_get_userbyid(datdba), datacl IS NULL FROM pg_database WHERE datname = ANY (%s)"
    owner = {name: (who, untouched) for name, who, untouched in admin.execute(owners, [[old, new]]).fetchall()}
    if not owner[old][1]:
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(into))
        for grantee, right, grantable in admin.execute(_RIGHTS, [old]).fetchall():
            if _RIGHT.fullmatch(right):
                who = sql.SQL("PUBLIC") if grantee is None else sql.Identifier(grantee)
                terms = sql.SQL(" WITH GRANT OPTION" if grantable else "")
                grant = sql.SQL("GRANT {} ON DATABASE {} TO {}{}")
                admin.execute(grant.format(sql.SQL(right), into, who, terms))
    if owner[old][0] != owner[new][0]:
        admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(into, sql.Identifier(owner[old][0])))


def _sessions(admin: psycopg.Connection, name: str) -> list[tuple[str, int]]:
    return [(who, pid) for who, pid in admin.execute(_SESSIONS, [name]).fetchall()]


def _in_use(name: str, sessions: list[tuple[str, int]]) -> Conflict:
    who = ", ".join(f"{application} (pid {pid})" for application, pid in sessions[:5])
    more = f" and {len(sessions) - 5} more" if len(sessions) > 5 else ""
    return Conflict(
        "database_in_use",
        f"others are connected to {name}, and a database in use is not replaced",
        why=f"{who}{more}; end them, or give --disconnect" if who else "a session came and went meanwhile",
        fix="sentinai status",
    )


def _cut(name: str) -> str:
    """Short enough for what is appended: PostgreSQL would cut the end of a longer name without a word."""
    return name.encode()[: _LONGEST - _APPENDED].decode(errors="ignore")


def _scalar(connection: psycopg.Connection, query: str, parameter: str) -> object:
    row = connection.execute(query, [parameter]).fetchone()
    return row[0] if row else None
