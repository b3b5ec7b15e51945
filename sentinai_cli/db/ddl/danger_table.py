"""What is dangerous about one action of ALTER TABLE."""

from collections.abc import Collection, Iterator

from sentinai_cli.db.ddl.lexer import Kind
from sentinai_cli.db.ddl.rule import Danger, rule
from sentinai_cli.db.ddl.statement import Reader, Statement

_VOLATILE = {
    "RANDOM",
    "GEN_RANDOM_UUID",
    "UUIDV4",
    "UUIDV7",
    "UUID_GENERATE_V4",
    "CLOCK_TIMESTAMP",
    "TIMEOFDAY",
    "NEXTVAL",
    "PG_CURRENT_XACT_ID",
}
_SERIAL = {"SERIAL", "BIGSERIAL", "SMALLSERIAL"}


def table_dangers(
    statement: Statement, action: Statement, table: str, *, new: bool, unvalidated: Collection[str]
) -> Iterator[Danger]:
    """The dangers of `action`, a part of `statement`. `unvalidated` names constraints added in this transaction."""
    if action.starts("VALIDATE", "CONSTRAINT"):
        name = Reader(action.tokens[2:]).name()
        if f"{table}.{name}" in unvalidated:
            yield rule("validates_under_lock", statement, table)
        return
    if new:
        return
    if action.starts("ADD"):
        yield from _added(statement, action, table)
    elif action.starts("DROP"):
        yield from _dropped(statement, action, table)
    elif action.starts("ALTER"):
        yield from _altered(statement, action, table)
    elif action.starts("RENAME"):
        yield rule("rename_breaks_clients", statement, table)
    elif action.has("LOGGED") or action.has("UNLOGGED") or action.starts("SET", "TABLESPACE"):
        yield rule("rewrites_table", statement, table)
    elif action.starts("DISABLE", "TRIGGER"):
        yield rule("trigger_off", statement, table)


def _added(statement: Statement, action: Statement, table: str) -> Iterator[Danger]:
    postponed = action.has("NOT", "VALID")
    if action.has("FOREIGN", "KEY") and not postponed:
        yield rule("foreign_key_checks_rows", statement, table)
    if action.has("USING", "INDEX"):
        return
    is_constraint = action.starts("ADD", "CONSTRAINT") or _first_is(action, "CHECK", "UNIQUE", "PRIMARY", "EXCLUDE")
    if is_constraint:
        if action.has("CHECK") and not postponed:
            yield rule("check_checks_rows", statement, table)
        if action.has("UNIQUE") or action.has("PRIMARY", "KEY") or action.has("EXCLUDE"):
            yield rule("key_builds_index", statement, table)
    elif not action.has("FOREIGN", "KEY"):
        yield from _added_column(statement, action, table)


def _added_column(statement: Statement, action: Statement, table: str) -> Iterator[Danger]:
    words = {token.text for token in action.tokens if token.kind is Kind.WORD}
    default = "DEFAULT" in words
    if action.has("NOT", "NULL") and not default and "GENERATED" not in words and not words & _SERIAL:
        yield rule("column_needs_default", statement, table)
    if words & _SERIAL or ("GENERATED" in words and "VIRTUAL" not in words) or (default and words & _VOLATILE):
        yield rule("column_rewrites_table", statement, table)
    if "UNIQUE" in words or "PRIMARY" in words:
        yield rule("key_builds_index", statement, table)
    if "REFERENCES" in words:
        yield rule("foreign_key_checks_rows", statement, table)
    if "CHECK" in words:
        yield rule("check_checks_rows", statement, table)


def _dropped(statement: Statement, action: Statement, table: str) -> Iterator[Danger]:
    constraint = action.starts("DROP", "CONSTRAINT")
    yield rule("constraint_opens" if constraint else "drop_loses_data", statement, table)
    if action.has("CASCADE"):
        yield rule("cascade", statement, table)


def _altered(statement: Statement, action: Statement, table: str) -> Iterator[Danger]:
    if action.has("TYPE"):
        yield rule("type_rewrites_table", statement, table)
    if action.has("SET", "NOT", "NULL"):
        yield rule("not_null_scans_table", statement, table)


def _first_is(action: Statement, *words: str) -> bool:
    return len(action.tokens) > 1 and action.tokens[1].text in words
