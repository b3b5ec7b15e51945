"""The rules of the linter: what each danger is called, what it does, what to do instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from sentinai_cli.db.ddl.statement import Statement


@dataclass(frozen=True)
class Danger:
    """`line` counts from 1."""

    rule: str
    line: int
    problem: str
    remedy: str


RULES: dict[str, tuple[str, str]] = {
    "no_lock_timeout": (
        "waits for a lock on {table} without a limit, and everybody else queues behind it",
        "SET lock_timeout = '100ms' first, and repeat until it succeeds",
    ),
    "index_blocks_writes": (
        "building the index keeps everybody from writing to {table}",
        "CREATE INDEX CONCURRENTLY, outside a transaction, in a revision of its own",
    ),
    "index_may_be_invalid": (
        "IF NOT EXISTS takes an invalid index, left by a run that was cut off, for the real one",
        "DROP INDEX CONCURRENTLY IF EXISTS first, then CREATE INDEX CONCURRENTLY",
    ),
    "concurrently_in_transaction": (
        "CONCURRENTLY cannot run inside a transaction",
        "leave the transaction: an autocommit block, or a script without BEGIN",
    ),
    "drop_index_blocks": (
        "dropping {table} keeps everybody from its table until the lock is had",
        "DROP INDEX CONCURRENTLY, outside a transaction",
    ),
    "reindex_blocks": ("rebuilding keeps everybody from writing", "REINDEX … CONCURRENTLY, outside a transaction"),
    "foreign_key_checks_rows": (
        "checks every row of {table} while nobody may write to it or to the table it leads to",
        "ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a later revision",
    ),
    "check_checks_rows": (
        "checks every row of {table} while nobody may read or write it",
        "ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a later revision",
    ),
    "validates_under_lock": (
        "validates in the transaction that added the constraint, which still holds its strong lock on {table}",
        "VALIDATE CONSTRAINT in a later revision",
    ),
    "key_builds_index": (
        "builds an index while nobody may read or write {table}",
        "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX",
    ),
    "not_null_scans_table": (
        "reads every row of {table} while nobody may read or write it",
        "ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID, validate it in a later revision, then SET NOT NULL",
    ),
    "type_rewrites_table": (
        "changing a type rewrites {table} while nobody may read or write it, and breaks who still uses the old one",
        "add a column, fill it, switch over, drop the old one later",
    ),
    "column_needs_default": (
        "a NOT NULL column without a default fails as soon as {table} has a row",
        "give it a constant DEFAULT, or add it nullable and fill it first",
    ),
    "column_rewrites_table": (
        "the value of each row is computed now: {table} is rewritten while nobody may read or write it",
        "add the column without it, fill it in small steps, then set the default",
    ),
    "rewrites_table": (
        "rewrites {table} while nobody may read or write it",
        "do it in a maintenance window, or build a second table and switch over",
    ),
    "rename_breaks_clients": (
        "whoever still uses the old name of {table} fails at once",
        "add the new name beside the old one, and drop the old one when nobody uses it",
    ),
    "drop_loses_data": (
        "what {table} holds is gone, and whoever still uses it fails",
        "stop using it in one version, drop it in a later one, and keep a copy",
    ),
    "constraint_opens": (
        "from here on {table} takes rows that the constraint kept out, and putting it back will fail on them",
        "add the constraint that replaces it first, and drop the old one when that is validated",
    ),
    "truncate_loses_data": ("every row of {table} is gone, at once for everybody", "delete what is meant, with WHERE"),
    "cascade": ("drops whatever hangs on it, named or not", "drop each object by its name"),
    "writes_every_row": (
        "touches every row of {table} in one transaction; and under forced row-level security it silently touches none",
        "change rows in small steps with WHERE, in a revision of their own, inside all_rows()",
    ),
    "locks_table": ("keeps others from {table} until the end of the transaction", "let each statement take its lock"),
    "refresh_blocks": (
        "nobody may read the view meanwhile",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index",
    ),
    "native_enum": (
        "comparing native enums is not leakproof: under row-level security such columns lose their indexes",
        "text with a CHECK",
    ),
    "enum_value_stays": ("a value added to an enum cannot be taken out again", "text with a CHECK"),
    "trigger_off": (
        "{table} goes without its triggers, those that keep the log append-only among them",
        "change what the trigger does, and leave it on",
    ),
    "key_across_tenants": (
        "a key of {table} without tenant_id tells one tenant what another has",
        "tenant_id first in every key",
    ),
    "sequence_in_tenant_table": (
        "numbers of {table} are shared by all tenants and tell each how busy the others are",
        "ids made by the application, time-ordered",
    ),
    "tenants_not_kept_apart": (
        "{table} has a tenant_id, and nothing keeps tenants apart",
        "ENABLE and FORCE ROW LEVEL SECURITY and CREATE POLICY in the same revision",
    ),
    "policies_left_off": (
        "row-level security is taken from {table} and not put back",
        "FORCE ROW LEVEL SECURITY before the end, as all_rows() does",
    ),
    "time_without_zone": ("a time in {table} without a zone means another moment to each reader", "timestamptz"),
    "padded_text": ("char(n) in {table} pads with spaces that comparisons ignore", "text, with a CHECK on its length"),
    "json_text": ("json in {table} keeps text and compares with nothing", "jsonb"),
    "unstated_safety": (
        "the revision does not say how safe it is",
        "replace the paragraph that begins with Safety by what was thought of",
    ),
}
"""Problem and remedy by rule; `{table}` is filled in."""


def rule(name: str, statement: Statement, table: str) -> Danger:
    """The danger of this rule at a statement."""
    problem, remedy = RULES[name]
    return Danger(name, statement.line, problem.format(table=table or "it"), remedy)


def allowed_rules(script: str) -> Mapping[int, set[str]]:
    """Rules that a comment takes back, by the line of the statement behind the comment."""
    mark = "-- sentinai: allow "
    found: dict[int, set[str]] = {}
    for number, line in enumerate(script.splitlines(), 1):
        if line.strip().startswith(mark):
            words = line.strip().removeprefix(mark).split()
            if len(words) > 1:
                found.setdefault(number + 1, set()).add(words[0])
    return found
