"""Every command that reads: one result, the same data in every format, and nothing but data on standard output."""

import csv
import io
import json
import re

import pytest

from tests.commands.operator import Operator, Ran
from tests.commands.reading import DATABASE, LISTS, READING, words_of

SHOWN = re.compile(r"\x1b\[[0-9;]*m")


def _cells(ran: Ran) -> list[list[str]]:
    return [line.split("\t") for line in ran.out.splitlines()]


def _formula(cell: str) -> str:
    """The cell without the escape that keeps a spreadsheet from taking it for a formula."""
    return re.sub(r"^\\x(2b|2d|3d|40)", lambda found: chr(int(found[1], 16)), cell)


@pytest.mark.parametrize("line", READING)
def test_a_result_is_the_same_data_in_every_format(line: str, reader: Operator) -> None:
    words = words_of(line, reader)
    ran = {name: reader(*words, "-o", name) for name in ("json", "jsonl", "csv", "tsv")}
    assert {name: one.code for name, one in ran.items()} == dict.fromkeys(ran, 0)
    document = ran["json"].document
    items = document["items"] if line in LISTS else [document]
    assert items
    rows = _cells(ran["tsv"])
    assert rows[0] == list(items[0])
    assert [len(row) for row in rows] == [len(rows[0])] * (len(items) + 1)
    assert [json.loads(one) for one in ran["jsonl"].out.splitlines()] == items
    assert [[_formula(cell) for cell in line] for line in csv.reader(io.StringIO(ran["csv"].out))] == rows


@pytest.mark.parametrize("line", LISTS)
def test_a_list_says_where_its_page_ends(line: str, reader: Operator) -> None:
    page = reader(*words_of(line, reader), "-o", "json").document["page"]
    more = {"exceptions list": ["scanned"], "events list": ["scanned"], "exceptions similar": ["scanned", "exhaustive"]}
    assert list(page) == ["limit", "has_more", "next", "total", *more.get(" ".join(line.split()[:2]), [])]


@pytest.mark.parametrize("line", READING)
def test_a_pipe_gets_tsv_and_a_terminal_a_table_that_shows_the_same_without_colour(line: str, reader: Operator) -> None:
    words = words_of(line, reader)
    piped, table = reader(*words), reader(*words, terminal=True)
    assert (piped.code, table.code) == (0, 0)
    assert piped.out == reader(*words, "-o", "tsv", terminal=True).out
    assert "\t" not in table.out
    assert "\x1b[" in table.out
    reader.monkeypatch.setenv("NO_COLOR", "1")
    plain = reader(*words, terminal=True)
    assert "\x1b" not in plain.out
    assert not SHOWN.search(plain.err)
    assert SHOWN.sub("", table.out) == plain.out


@pytest.mark.parametrize("line", READING)
@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_a_table_keeps_every_id_whole_at_any_width(line: str, width: int, reader: Operator) -> None:
    words = words_of(line, reader)
    reader.monkeypatch.setenv("COLUMNS", str(width))
    reader.monkeypatch.setenv("TERM", "dumb")
    shown = reader(*words, terminal=True)
    assert shown.code == 0
    assert "…" not in shown.out
    key = {"exceptions list": "exception_id", "tenants list": "tenant_id", "packs list": "reference"}.get(line)
    if key is not None:
        items = reader(*words, "-o", "json").document["items"]
        assert {item[key] for item in items} <= set(shown.out.split())


@pytest.mark.parametrize("line", READING)
def test_fields_are_picked_in_the_order_they_were_named_in(line: str, reader: Operator) -> None:
    words = words_of(line, reader)
    names = _cells(reader(*words))[0]
    wanted = f"{names[-1]},{names[0]}"
    assert _cells(reader(*words, "--fields", wanted))[0] == [names[-1], names[0]]
    assert reader(*words, "--fields", wanted, "-o", "csv").out.splitlines()[0] == wanted
    document = reader(*words, "--fields", wanted, "-o", "json").document
    assert list(document["items"][0] if line in LISTS else document) == [names[-1], names[0]]
    assert reader(*words, "--fields", wanted, terminal=True).code == 0


@pytest.mark.parametrize("line", READING)
def test_an_unknown_field_is_refused_with_the_list_of_those_there_are(line: str, reader: Operator) -> None:
    words = words_of(line, reader)
    names = _cells(reader(*words))[0]
    ran = reader(*words, "--fields", f"{names[0]},no_such_field", "-o", "json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.failure["code"] == "unknown_field"
    assert set(names) <= set(ran.failure["why"].removeprefix("fields: ").split(", "))


@pytest.mark.parametrize("line", READING)
def test_quiet_says_nothing_and_changes_no_data(line: str, reader: Operator) -> None:
    words = words_of(line, reader)
    quiet = reader(*words, "-q")
    assert quiet.err == ""
    assert quiet.out == reader(*words).out


@pytest.mark.parametrize("line", [line for line in DATABASE if line != "events verify"])  # which is entered, for health
def test_reading_changes_nothing(line: str, reader: Operator) -> None:
    before = reader.journal()
    reader(*words_of(line, reader))
    assert reader.journal() == before
