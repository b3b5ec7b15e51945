"""The strongest lock that each statement takes on each table, as the manual's chapter on explicit locking says it.

A test executes every kind of statement listed here and compares with what the server holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sentinai_cli.db.ddl.lexer import Token
from sentinai_cli.db.ddl.statement import Reader, Statement
from sentinai_cli.models.migration_plan import LockMode


@dataclass(frozen=True, slots=True)
class Lock:
    """`table` is the name as the catalogue has it. With `index` it is an index, whose table the catalogue knows."""

    table: str
    mode: LockMode
    index: bool = False


_ALTER: Mapping[str, LockMode] = {
    "VALIDATE CONSTRAINT": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "CLUSTER ON": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "SET WITHOUT CLUSTER": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "ATTACH PARTITION": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "SET (": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "RESET (": LockMode.SHARE_UPDATE_EXCLUSIVE,
    "ENABLE TRIGGER": LockMode.SHARE_ROW_EXCLUSIVE,
    "ENABLE ALWAYS TRIGGER": LockMode.SHARE_ROW_EXCLUSIVE,
    "ENABLE REPLICA TRIGGER": LockMode.SHARE_ROW_EXCLUSIVE,
    "DISABLE TRIGGER": LockMode.SHARE_ROW_EXCLUSIVE,
}
"""Actions of ALTER TABLE that take less than ACCESS EXCLUSIVE, but for foreign keys and SET STATISTICS."""


def locks(statement: Statement) -> tuple[Lock, ...]:
    """The locks of a statement, the strongest on each table, tables in the order of their names.

    A statement that is not known here has none: what is not DDL of tables takes the locks of reading and writing.
    """
    reader = Reader(statement.tokens)
    found: list[Lock] = []
    for words, rule in _RULES.items():
        if reader.take_any(words):
            found = rule(reader)
            break
    strongest: dict[tuple[str, bool], LockMode] = {}
    for lock in found:
        key = (lock.table, lock.index)
        strongest[key] = max(strongest.get(key, lock.mode), lock.mode, key=lambda mode: mode.strength)
    return tuple(Lock(table, mode, index) for (table, index), mode in sorted(strongest.items()))


def created_table(statement: Statement) -> str | None:
    """The table that the statement creates."""
    reader = Reader(statement.tokens)
    if not reader.take_any(*_CREATE_TABLE):
        return None
    reader.take("IF", "NOT", "EXISTS")
    return reader.name()


_CREATE_TABLE = ("CREATE TABLE", "CREATE UNLOGGED TABLE")


def _create_table(reader: Reader) -> list[Lock]:
    reader.take("IF", "NOT", "EXISTS")
    own = reader.name()
    found = [Lock(own, LockMode.ACCESS_EXCLUSIVE)] if own else []
    return found + _references(reader.rest)


def _references(tokens: Sequence[Token]) -> list[Lock]:
    reader, found = Reader(tokens), []
    while not reader.done:
        if reader.take("REFERENCES"):
            if table := reader.name():
                found.append(Lock(table, LockMode.SHARE_ROW_EXCLUSIVE))
        else:
            reader = Reader(reader.rest[1:])
    return found


def _alter_table(reader: Reader) -> list[Lock]:
    reader.take("IF", "EXISTS")
    reader.take("ONLY")
    table = reader.name()
    if table is None:
        return []
    reader.take("*")
    found: list[Lock] = []
    for part in reader.parts():
        found += [Lock(table, _alter_mode(part)), *_references(part)]
    return found


def _alter_mode(part: Sequence[Token]) -> LockMode:
    for words, mode in _ALTER.items():
        if Reader(part).take_any(words):
            return mode
    whole = Statement("", 0, tuple(part))
    if whole.starts("ADD") and whole.has("FOREIGN", "KEY"):
        return LockMode.SHARE_ROW_EXCLUSIVE
    if whole.has("SET", "STATISTICS"):
        return LockMode.SHARE_UPDATE_EXCLUSIVE
    return LockMode.ACCESS_EXCLUSIVE


def _create_index(reader: Reader) -> list[Lock]:
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if reader.take("CONCURRENTLY") else LockMode.SHARE
    reader.skip_to("ON")
    reader.take("ONLY")
    table = reader.name()
    return [Lock(table, mode)] if table else []


def _drop_index(reader: Reader) -> list[Lock]:
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if reader.take("CONCURRENTLY") else LockMode.ACCESS_EXCLUSIVE
    reader.take("IF", "EXISTS")
    return [Lock(name, mode, index=True) for name in reader.names()]


def _on(mode: LockMode, word: str = "ON") -> Callable[[Reader], list[Lock]]:
    """The table after a word, as in CREATE TRIGGER and CREATE POLICY."""

    def rule(reader: Reader) -> list[Lock]:
        reader.skip_to(word)
        table = reader.name()
        return [Lock(table, mode)] if table else []

    return rule


def _named(mode: LockMode) -> Callable[[Reader], list[Lock]]:
    """The tables that come next."""

    def rule(reader: Reader) -> list[Lock]:
        reader.take("IF", "EXISTS")
        return [Lock(name, mode) for name in reader.names()]

    return rule


def _first(mode: LockMode) -> Callable[[Reader], list[Lock]]:
    """The one table that comes next."""

    def rule(reader: Reader) -> list[Lock]:
        reader.take("ONLY")
        table = reader.name()
        return [Lock(table, mode)] if table else []

    return rule


def _select(reader: Reader) -> list[Lock]:
    reader.skip_to("FROM")
    return [Lock(name, LockMode.ACCESS_SHARE) for name in reader.names()]


def _lock_table(reader: Reader) -> list[Lock]:
    reader.take("TABLE")
    tables = reader.names()
    for mode in sorted(LockMode, key=lambda mode: -mode.strength):
        if reader.take("IN", *mode.value.split()):
            return [Lock(table, mode) for table in tables]
    return [Lock(table, LockMode.ACCESS_EXCLUSIVE) for table in tables]


def _reindex(reader: Reader) -> list[Lock]:
    reader.parenthesised()
    index = reader.take("INDEX")
    if not index and not reader.take("TABLE"):
        return []
    mode = LockMode.SHARE_UPDATE_EXCLUSIVE if reader.take("CONCURRENTLY") else LockMode.SHARE
    return [Lock(name, mode, index=index) for name in reader.names()]


def _vacuum(reader: Reader) -> list[Lock]:
    options = reader.parenthesised()
    full = reader.take("FULL") or (options is not None and any(token.text == "FULL" for token in options.rest))
    reader.take_any("VERBOSE ANALYZE", "VERBOSE", "ANALYZE")
    mode = LockMode.ACCESS_EXCLUSIVE if full else LockMode.SHARE_UPDATE_EXCLUSIVE
    return [Lock(name, mode) for name in reader.names()]


def _refresh(reader: Reader) -> list[Lock]:
    mode = LockMode.EXCLUSIVE if reader.take("CONCURRENTLY") else LockMode.ACCESS_EXCLUSIVE
    return _first(mode)(reader)


_RULES: Mapping[str, Callable[[Reader], list[Lock]]] = {
    **dict.fromkeys(_CREATE_TABLE, _create_table),
    "ALTER TABLE": _alter_table,
    "DROP TABLE": _named(LockMode.ACCESS_EXCLUSIVE),
    "TRUNCATE TABLE": _named(LockMode.ACCESS_EXCLUSIVE),
    "TRUNCATE": _named(LockMode.ACCESS_EXCLUSIVE),
    "CREATE INDEX": _create_index,
    "CREATE UNIQUE INDEX": _create_index,
    "DROP INDEX": _drop_index,
    "CREATE TRIGGER": _on(LockMode.SHARE_ROW_EXCLUSIVE),
    "CREATE OR REPLACE TRIGGER": _on(LockMode.SHARE_ROW_EXCLUSIVE),
    "CREATE CONSTRAINT TRIGGER": _on(LockMode.SHARE_ROW_EXCLUSIVE),
    "ALTER TRIGGER": _on(LockMode.ACCESS_EXCLUSIVE),
    "DROP TRIGGER": _on(LockMode.ACCESS_EXCLUSIVE),
    "CREATE POLICY": _on(LockMode.ACCESS_EXCLUSIVE),
    "ALTER POLICY": _on(LockMode.ACCESS_EXCLUSIVE),
    "DROP POLICY": _on(LockMode.ACCESS_EXCLUSIVE),
    "CREATE RULE": _on(LockMode.ACCESS_EXCLUSIVE, "TO"),
    "COMMENT ON TABLE": _first(LockMode.SHARE_UPDATE_EXCLUSIVE),
    "INSERT INTO": _first(LockMode.ROW_EXCLUSIVE),
    "UPDATE": _first(LockMode.ROW_EXCLUSIVE),
    "DELETE FROM": _first(LockMode.ROW_EXCLUSIVE),
    "MERGE INTO": _first(LockMode.ROW_EXCLUSIVE),
    "SELECT": _select,
    "LOCK": _lock_table,
    "REINDEX": _reindex,
    "VACUUM": _vacuum,
    "ANALYZE": _named(LockMode.SHARE_UPDATE_EXCLUSIVE),
    "CLUSTER": _first(LockMode.ACCESS_EXCLUSIVE),
    "REFRESH MATERIALIZED VIEW": _refresh,
}
