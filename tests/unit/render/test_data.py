"""Results as data: what a script on the other end of the pipe can rely on."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.result import ListResult, Page
from tests.golden.exception_sample import DETAIL
from tests.golden.sample import SAMPLES
from tests.golden.terminal import Terminal, shown


class Inner(Model):
    number: int
    word: str | None = None


class Row(Model):
    name: str
    amount: Decimal | None = None
    severity: Severity = Severity.LOW
    at: Moment = datetime(2026, 1, 1, tzinfo=UTC)
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()
    document: dict[str, object] = Field(default_factory=dict)


class RowList(ListResult[Row]):
    pass


def rows(*items: Row) -> RowList:
    return RowList.whole(items)


anything = st.text(st.characters(), max_size=30)


def _unescaped(cell: str) -> str:
    short = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}

    def one(found: re.Match[str]) -> str:
        body = found[1]
        return short[body] if body in short else chr(int(body[1:], 16))

    return re.sub(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[ntr\\])", one, cell)


@given(st.lists(anything, max_size=4))
def test_a_tsv_line_is_a_record_and_its_cells_can_be_read_back(names: list[str]) -> None:
    header, *lines = shown(rows(*(Row(name=name) for name in names)), "tsv", "name", "severity").split("\n")[:-1]
    assert header == "name\tseverity"
    assert [_unescaped(line.split("\t")[0]) for line in lines] == names


@given(st.lists(anything, min_size=1, max_size=4))
def test_csv_is_what_a_csv_reader_expects(names: list[str]) -> None:
    text = shown(rows(*(Row(name=name) for name in names)), "csv", "name", "amount", "severity")
    _, *lines = csv.reader(io.StringIO(text, newline=""))
    assert [_unescaped(line[0]) for line in lines] == names
    assert {tuple(line[1:]) for line in lines} == {("", "low")}


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+cmd|x", "-2+3", '=HYPERLINK("http://evil")', "=1"])
def test_no_cell_of_csv_begins_a_formula(name: str) -> None:
    text = shown(rows(Row(name=name, amount=Decimal("-1.50"))), "csv", "name", "amount")
    ((cell, amount),) = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert (cell, amount) == (f"\\x{ord(name[0]):02x}{name[1:]}", "-1.50")
    assert _unescaped(cell) == name


@pytest.mark.parametrize("name", ["-1.50", "+1", "-", "a=b", "1-2"])
def test_what_is_no_formula_stays_as_it_is(name: str) -> None:
    assert shown(rows(Row(name=name)), "csv", "name") == f"name\n{name}\n"


@given(anything, st.dictionaries(anything, anything, max_size=3))
def test_json_reads_back_equal_and_holds_nothing_that_acts_on_a_terminal(name: str, document: dict[str, str]) -> None:
    row = Row(name=name, document=dict(document))
    text = shown(row, "json")
    assert json.loads(text) == row.model_dump(mode="json")
    assert not {category(char) for char in text if char != "\n"} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def test_text_in_other_scripts_stays_readable_in_json() -> None:
    assert '"grüße 日本"' in shown(Row(name="grüße 日本"), "json")


def test_a_decimal_keeps_its_digits_and_a_time_its_offset() -> None:
    away = timezone(timedelta(hours=2))
    row = Row(name="a", amount=Decimal("10.10"), at=datetime(2026, 3, 4, 5, 6, 7, tzinfo=away))
    document = json.loads(shown(row, "json"))
    assert document["amount"] == "10.10"
    assert document["at"] == "2026-03-04T03:06:07Z"
    assert document["severity"] == "low"


def test_a_list_in_json_is_one_document_with_its_page() -> None:
    page = Page(limit=1, has_more=True, next="abc", total=None)
    document = json.loads(shown(RowList(items=(Row(name="a"),), page=page), "json", "name"))
    assert document == {
        "items": [{"name": "a"}],
        "page": {"limit": 1, "has_more": True, "next": "abc", "total": None},
    }


def test_json_lines_have_one_line_for_each_item_and_none_for_none() -> None:
    assert shown(rows(), "jsonl") == ""
    assert [json.loads(line)["name"] for line in shown(rows(Row(name="a"), Row(name="b")), "jsonl").splitlines()] == [
        "a",
        "b",
    ]


def test_an_empty_list_still_has_its_header() -> None:
    assert shown(rows(), "tsv") == "name\tamount\tseverity\tat\tinner\tseveral\tdocument\n"


def test_without_a_choice_a_pipe_gets_tsv_and_a_terminal_a_table() -> None:
    model = SAMPLES["tenant_list"]
    assert shown(model) == shown(model, "tsv")
    assert shown(model, stream=Terminal()) != shown(model)


def test_nested_values_are_compact_json_in_a_cell() -> None:
    row = Row(name="a", inner=Inner(number=1), several=(Inner(number=2, word="x"),))
    _, line = shown(row, "tsv", "inner", "several").splitlines()
    assert line.split("\t") == ['{"number":1,"word":null}', '[{"number":2,"word":"x"}]']


@pytest.mark.parametrize("output", ["json", "jsonl", "csv", "tsv", "table"])
@pytest.mark.parametrize("field", ["nope", "name.more", "inner.nope", "several.nope", "inner..number", "amount.x", "."])
def test_an_unknown_field_is_refused_even_when_there_is_no_data(field: str, output: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        shown(rows(), output, field)
    assert refusal.value.code == "unknown_field"
    assert "inner.number" in (refusal.value.why or "")


def test_fields_reach_into_nested_models_lists_and_documents() -> None:
    row = Row(
        name="a",
        inner=Inner(number=1, word="w"),
        several=(Inner(number=2), Inner(number=3)),
        document={"deep": {"er": [1]}, "x": 9},
    )
    fields = ("document.deep.er", "several.number", "inner.word", "document.nothing.here")
    assert json.loads(shown(row, "json", *fields)) == {
        "document": {"deep": {"er": [1]}, "nothing": None},
        "several": [{"number": 2}, {"number": 3}],
        "inner": {"word": "w"},
    }
    assert shown(row, "tsv", *fields).splitlines()[1] == "[1]\t[2,3]\tw\t"


def test_fields_come_in_the_order_that_was_asked_for() -> None:
    assert list(json.loads(shown(Row(name="a"), "json", "severity", "name"))) == ["severity", "name"]
    assert shown(Row(name="a"), "csv", "severity", "name") == "severity,name\nlow,a\n"


def test_a_field_and_a_part_of_it_give_the_whole_field() -> None:
    row = Row(name="a", inner=Inner(number=1, word="w"))
    for fields in (("inner.number", "inner"), ("inner", "inner.number")):
        assert json.loads(shown(row, "json", *fields)) == {"inner": {"number": 1, "word": "w"}}


def test_the_table_of_chosen_fields_has_exactly_those(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(SAMPLES["exception_list"], None, "type", "exception_id", stream=Terminal())
    assert text.splitlines()[:2] == [
        "TYPE                          EXCEPTION_ID",
        "CASH_BREAK                    FIN-9C41D07A-000017",
    ]


def test_events_of_an_exception_can_be_cut_to_their_types() -> None:
    types = [event["event_type"] for event in json.loads(shown(DETAIL, "json", "events.event_type"))["events"]]
    assert types == ["ExceptionCreated", "TriageCompleted", "OwnerChanged", "Escalated"]
