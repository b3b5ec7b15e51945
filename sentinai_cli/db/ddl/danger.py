"""What is dangerous about a script: locks that last, rows that are lost, tenants that are not kept apart.

A table that the same script makes is nobody's yet, and may be changed freely.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sentinai_cli.db.ddl.danger_new_table import has_tenant, new_table_dangers
from sentinai_cli.db.ddl.danger_table import table_dangers
from sentinai_cli.db.ddl.lexer import Token
from sentinai_cli.db.ddl.lock import created_table, locks
from sentinai_cli.db.ddl.rule import Danger, allowed_rules, rule
from sentinai_cli.db.ddl.statement import Reader, Statement, statements
from sentinai_cli.models.migration_plan import LockMode


@dataclass
class Script:
    """What was seen so far. `tooled` scripts are run by this tool, which opens transactions and sets timeouts."""

    tooled: bool = False
    new: set[str] = field(default_factory=set)
    unvalidated: set[str] = field(default_factory=set)
    forced: dict[str, Statement] = field(default_factory=dict)
    """Tables with a tenant that still lack something, and the statement that made them."""
    has: dict[str, set[str]] = field(default_factory=dict)
    lifted: dict[str, Statement] = field(default_factory=dict)
    inside: bool = False
    patient: bool = False
    told: bool = False


def dangers(script: str, *, tooled: bool = False) -> Iterator[Danger]:
    """The dangers, in the order of the script. Raises InvalidInput for SQL that has no end.

    `-- sentinai: allow RULE because …` on the line before a statement takes one finding back; a reason must follow.
    """
    seen = Script(tooled=tooled, patient=tooled)
    allowed = allowed_rules(script)
    for statement in statements(script):
        for danger in _of(statement, seen):
            if danger.rule not in allowed.get(statement.line, ()):
                yield danger
    yield from _left_open(seen)


def _of(statement: Statement, seen: Script) -> Iterator[Danger]:
    if statement.starts("BEGIN") or statement.starts("START", "TRANSACTION"):
        seen.inside = True
    elif statement.starts("COMMIT") or statement.starts("ROLLBACK") or statement.starts("END"):
        seen.inside = False
        seen.unvalidated.clear()
    if statement.starts("SET") and statement.has("LOCK_TIMEOUT"):
        seen.patient = True
    if (made := created_table(statement)) is not None:
        seen.new.add(made)
    yield from _impatience(statement, seen)
    for words, check in _CHECKS.items():
        if Reader(statement.tokens).take_any(words):
            yield from check(statement, seen)
            break
    _follow(statement, seen)


def _impatience(statement: Statement, seen: Script) -> Iterator[Danger]:
    """Behind a statement that waits for a strong lock everybody else queues."""
    heavy = [lock for lock in locks(statement) if lock.table not in seen.new and lock.mode.strength >= _HEAVY]
    if heavy and not seen.patient and not seen.told:
        seen.told = True
        yield rule("no_lock_timeout", statement, heavy[0].table)


_SHARED = {"operation"}
"""The operators' journal has a tenant_id and is no tenant's: it covers acts across tenants, who cannot read it."""
_HEAVY = LockMode.SHARE.strength


def _create_index(statement: Statement, seen: Script) -> Iterator[Danger]:
    reader = Reader(statement.tokens)
    reader.skip_to("INDEX")
    concurrent = reader.take("CONCURRENTLY")
    forgiving = reader.take("IF", "NOT", "EXISTS")
    reader.skip_to("ON")
    reader.take("ONLY")
    table = reader.name() or ""
    if concurrent and seen.inside:
        yield rule("concurrently_in_transaction", statement, table)
    elif not concurrent and table not in seen.new:
        yield rule("index_blocks_writes", statement, table)
    if concurrent and forgiving:
        yield rule("index_may_be_invalid", statement, table)


def _drop_index(statement: Statement, seen: Script) -> Iterator[Danger]:
    if not statement.has("CONCURRENTLY"):
        yield rule("drop_index_blocks", statement, "the index")
    elif seen.inside:
        yield rule("concurrently_in_transaction", statement, "the index")
    yield from _cascade(statement, seen)


def _reindex(statement: Statement, seen: Script) -> Iterator[Danger]:
    if not statement.has("CONCURRENTLY"):
        yield rule("reindex_blocks", statement, "")
    elif seen.inside:
        yield rule("concurrently_in_transaction", statement, "")


def _drop_table(statement: Statement, seen: Script) -> Iterator[Danger]:
    yield rule("drop_loses_data", statement, ", ".join(lock.table for lock in locks(statement)))
    yield from _cascade(statement, seen)


def _truncate(statement: Statement, seen: Script) -> Iterator[Danger]:
    if any(lock.table not in seen.new for lock in locks(statement)):
        yield rule("truncate_loses_data", statement, ", ".join(lock.table for lock in locks(statement)))


def _cascade(statement: Statement, seen: Script) -> Iterator[Danger]:
    if statement.has("CASCADE"):
        yield rule("cascade", statement, "")


def _rewrite(statement: Statement, seen: Script) -> Iterator[Danger]:
    found = [lock for lock in locks(statement) if lock.mode is LockMode.ACCESS_EXCLUSIVE]
    if found or statement.starts("CLUSTER"):
        yield rule("rewrites_table", statement, ", ".join(lock.table for lock in found))


def _refresh(statement: Statement, seen: Script) -> Iterator[Danger]:
    if not statement.has("CONCURRENTLY"):
        yield rule("refresh_blocks", statement, "")


def _write(statement: Statement, seen: Script) -> Iterator[Danger]:
    table = next((lock.table for lock in locks(statement)), "")
    if table in seen.new or table in ("alembic_version", "database_info", "migration_record"):
        return
    if not statement.has("WHERE"):
        yield rule("writes_every_row", statement, table)


def _lock_table(statement: Statement, seen: Script) -> Iterator[Danger]:
    if any(lock.mode.strength >= _HEAVY for lock in locks(statement)):
        yield rule("locks_table", statement, ", ".join(lock.table for lock in locks(statement)))


def _create_type(statement: Statement, seen: Script) -> Iterator[Danger]:
    if statement.has("AS", "ENUM"):
        yield rule("native_enum", statement, "")


def _alter_type(statement: Statement, seen: Script) -> Iterator[Danger]:
    if statement.has("ADD", "VALUE"):
        yield rule("enum_value_stays", statement, "")


def _rename(statement: Statement, seen: Script) -> Iterator[Danger]:
    if statement.has("RENAME", "TO"):
        yield rule("rename_breaks_clients", statement, "")


def _alter_table(statement: Statement, seen: Script) -> Iterator[Danger]:
    reader = Reader(statement.tokens)
    reader.take("ALTER", "TABLE")
    reader.take("IF", "EXISTS")
    reader.take("ONLY")
    table = reader.name() or ""
    for part in reader.parts():
        action = Statement("", statement.line, tuple(part))
        yield from table_dangers(statement, action, table, new=table in seen.new, unvalidated=seen.unvalidated)
        _note_action(statement, action, table, seen)


def _note_action(statement: Statement, action: Statement, table: str, seen: Script) -> None:
    if action.has("NOT", "VALID") and (name := _constraint(action.tokens)) and (seen.inside or seen.tooled):
        seen.unvalidated.add(f"{table}.{name}")
    if action.starts("ENABLE", "ROW") or action.starts("FORCE", "ROW"):
        seen.has.setdefault(table, set()).add("policies on" if action.starts("ENABLE") else "policies forced")
        seen.lifted.pop(table, None)
    elif (action.starts("NO", "FORCE") or action.starts("DISABLE", "ROW")) and table not in seen.new:
        seen.lifted[table] = statement


def _constraint(tokens: Sequence[Token]) -> str | None:
    reader = Reader(tokens)
    return reader.name() if reader.take("ADD", "CONSTRAINT") else None


def _create_table(statement: Statement, seen: Script) -> Iterator[Danger]:
    table = created_table(statement) or ""
    if table not in _SHARED and has_tenant(statement):
        seen.forced[table] = statement
    yield from new_table_dangers(statement, table, tenants=table in seen.forced)


def _follow(statement: Statement, seen: Script) -> None:
    if statement.starts("CREATE", "POLICY"):
        for lock in locks(statement):
            seen.has.setdefault(lock.table, set()).add("a policy")


_NEEDED = {"policies on", "policies forced", "a policy"}


def _left_open(seen: Script) -> Iterator[Danger]:
    for table, statement in seen.forced.items():
        if missing := sorted(_NEEDED - seen.has.get(table, set())):
            yield rule("tenants_not_kept_apart", statement, f"{table} (missing: {', '.join(missing)})")
    for table, statement in seen.lifted.items():
        yield rule("policies_left_off", statement, table)


_CHECKS: Mapping[str, Callable[[Statement, Script], Iterator[Danger]]] = {
    "CREATE TABLE": _create_table,
    "CREATE UNLOGGED TABLE": _create_table,
    "ALTER TABLE": _alter_table,
    "CREATE INDEX": _create_index,
    "CREATE UNIQUE INDEX": _create_index,
    "DROP INDEX": _drop_index,
    "REINDEX": _reindex,
    "DROP TABLE": _drop_table,
    "DROP SCHEMA": _drop_table,
    "DROP DATABASE": _drop_table,
    "DROP TYPE": _cascade,
    "DROP FUNCTION": _cascade,
    "DROP VIEW": _cascade,
    "TRUNCATE": _truncate,
    "VACUUM": _rewrite,
    "CLUSTER": _rewrite,
    "REFRESH MATERIALIZED VIEW": _refresh,
    "UPDATE": _write,
    "DELETE FROM": _write,
    "LOCK": _lock_table,
    "CREATE TYPE": _create_type,
    "ALTER TYPE": _alter_type,
    "ALTER INDEX": _rename,
    "ALTER VIEW": _rename,
}
