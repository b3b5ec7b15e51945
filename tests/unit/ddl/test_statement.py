"""Scripts are cut into statements where PostgreSQL ends them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.db.ddl.lexer import Kind, tokens
from sentinai_cli.db.ddl.statement import statements
from sentinai_cli.errors import InvalidInput


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        (";; ;", []),
        ("SELECT ';'; SELECT 2;", ["SELECT ';'", "SELECT 2"]),
        ("SELECT 'it''s;'; X", ["SELECT 'it''s;'", "X"]),
        (r"SELECT E'it\'s;'; X", [r"SELECT E'it\'s;'", "X"]),
        (r"SELECT 'a\'; X", [r"SELECT 'a\'", "X"]),
        ('SELECT "a;""b"; X', ['SELECT "a;""b"', "X"]),
        ("SELECT U&'d\\0061;'; X", ["SELECT U&'d\\0061;'", "X"]),
        ("DO $$ BEGIN; END $$; X", ["DO $$ BEGIN; END $$", "X"]),
        ("DO $a$ $$; $b$; $a$; X", ["DO $a$ $$; $b$; $a$", "X"]),
        ("SELECT $1; X", ["SELECT $1", "X"]),
        ("SELECT a$b$c; X", ["SELECT a$b$c", "X"]),
        ("-- a;\nX; -- b; c", ["X"]),
        ("/* ; /* ; */ ; */ X; Y", ["X", "Y"]),
        ("SELECT 1 --x\n+ 2; Y", ["SELECT 1 --x\n+ 2", "Y"]),
        ("SELECT 4/*;*/-2; Y", ["SELECT 4/*;*/-2", "Y"]),
        (
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; X",
            ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END", "X"],
        ),
    ],
)
def test_a_semicolon_ends_a_statement_only_where_it_is_one(script: str, expected: list[str]) -> None:
    assert [one.text for one in statements(script)] == expected


def test_each_statement_knows_the_line_it_begins_on() -> None:
    script = "-- one\n\nSELECT\n1;\n/* two\nlines */ SELECT 'a\nb'; SELECT 3"
    assert [one.line for one in statements(script)] == [3, 6, 7]


@pytest.mark.parametrize("script", ["SELECT 'a", 'SELECT "a', "DO $x$ a $$", "/* a /* b */", "\n\nSELECT E'\\'"])
def test_what_has_no_end_is_refused_with_its_line(script: str) -> None:
    with pytest.raises(InvalidInput, match=f"line {script.count(chr(10)) + 1}") as caught:
        list(statements(script))
    assert caught.value.code == "unfinished_sql"


def test_keywords_are_found_in_any_case_and_never_in_strings_names_or_comments() -> None:
    (one,) = statements("select 'drop table', \"drop table\" /* drop table */ from drops")
    assert one.starts("SELECT")
    assert not one.has("DROP")
    assert [token.kind for token in one.tokens[:4]] == [Kind.WORD, Kind.STRING, Kind.SYMBOL, Kind.QUOTED]


@settings(max_examples=150)
@given(st.text(alphabet="ab'\"$;-/*\n \\E1.(", max_size=40))
def test_whatever_is_written_tokens_stand_in_order_and_nothing_but_comments_lies_between(script: str) -> None:
    try:
        found = list(tokens(script))
    except InvalidInput:
        return
    place = 0
    for token in found:
        between = script[place : token.start]
        assert token.end > token.start >= place
        assert not between.strip() or between.lstrip().startswith(("--", "/*"))
        assert token.line == script.count("\n", 0, token.start) + 1
        place = token.end
