"""What is dangerous about a table that is made: types that mislead, keys that tell one tenant about another."""

from collections.abc import Iterator, Sequence

from sentinai_cli.db.ddl.lexer import Kind, Token
from sentinai_cli.db.ddl.rule import Danger, rule
from sentinai_cli.db.ddl.statement import Reader, Statement


def has_tenant(statement: Statement) -> bool:
    """Whether a CREATE TABLE has a column tenant_id."""
    return any(part and part[0].name == "tenant_id" for part in _columns(statement))


def new_table_dangers(statement: Statement, table: str, *, tenants: bool) -> Iterator[Danger]:
    """The dangers of a CREATE TABLE. `tenants` tells whether its rows belong to them."""
    for part in _columns(statement):
        if tenants:
            yield from _tenant_key(statement, table, part)
        yield from _column_type(statement, table, part)


def _columns(statement: Statement) -> list[Sequence[Token]]:
    reader = Reader(statement.tokens)
    reader.skip_to("TABLE")
    reader.take("IF", "NOT", "EXISTS")
    reader.name()
    body = reader.parenthesised()
    return list(body.parts()) if body else []


def _tenant_key(statement: Statement, table: str, part: Sequence[Token]) -> Iterator[Danger]:
    """`tenant_id` in each key of a tenant's table: a single-column key tells one tenant what another has."""
    inside = Statement("", statement.line, tuple(part))
    for words in (("PRIMARY", "KEY"), ("UNIQUE",)):
        if inside.has(*words) and not any(token.name == "tenant_id" for token in part):
            yield rule("key_across_tenants", statement, table)
    if inside.has("AS", "IDENTITY") or any(token.text in ("SERIAL", "BIGSERIAL", "SMALLSERIAL") for token in part):
        yield rule("sequence_in_tenant_table", statement, table)


def _column_type(statement: Statement, table: str, part: Sequence[Token]) -> Iterator[Danger]:
    texts = [token.text for token in part if token.kind is Kind.WORD]
    if len(texts) > 1 and texts[1] == "TIMESTAMP" and "WITH" not in texts:
        yield rule("time_without_zone", statement, table)
    if len(texts) > 1 and texts[1] in ("CHAR", "CHARACTER") and "VARYING" not in texts:
        yield rule("padded_text", statement, table)
    if len(texts) > 1 and texts[1] == "JSON":
        yield rule("json_text", statement, table)
