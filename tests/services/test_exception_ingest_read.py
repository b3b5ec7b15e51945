"""Inputs fall into the records that are in them, whatever their blocks, and what is broken costs itself alone."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception_ingest import LARGEST_RECORD, IngestFormat, IngestRequest
from sentinai_cli.models.exception_record import ExceptionRecord
from sentinai_cli.models.ingested_record import Fault, Faulty
from sentinai_cli.packs.reader import read_pack
from sentinai_cli.services import exception_ingest_source
from sentinai_cli.services.exception_ingest import pieces_of
from sentinai_cli.services.exception_ingest_check import Acceptance
from sentinai_cli.services.exception_ingest_json import json_document
from sentinai_cli.services.exception_ingest_source import Piece, Source, json_lines
from sentinai_cli.services.exception_ingest_table import csv_records, tsv_records
from sentinai_cli.services.pack_pair import PackPair
from tests.services.ingest import NOW, written
from tests.unit.packs.document import as_bytes, trading

HEADER = ("exceptionId", "sourceSystem", "exceptionType", "timestamp", "rawPayload", "entity")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text('"\\[]{},: é\n', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('"\\[{a', max_size=3), inner, max_size=3),
    max_leaves=8,
)
CELLS = st.text('ab"\\,\t =', max_size=5)


def source(data: bytes | str) -> Source:
    return Source(io.BytesIO(data.encode() if isinstance(data, str) else data), lambda _: None)


def told(pieces: Iterator[Piece]) -> list[object]:
    return [(one.line, one.document.code if isinstance(one.document, Fault) else one.document) for one in pieces]


@settings(max_examples=80)
@given(st.lists(JSON, max_size=5), st.sampled_from([None, 1]), st.sampled_from([3, 4, 7, 64, 1 << 16]), st.booleans())
def test_an_array_gives_its_items_with_their_lines(
    items: list[object], indent: int | None, block: int, wrapped: bool
) -> None:
    document = {"page": {"items": [1]}, "items": items, "more": "]}"} if wrapped else items
    text = json.dumps(document, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exception_ingest_source, "BLOCK", block)
        pieces = list(json_document(source(text)))
    assert [piece.document for piece in pieces] == items
    lines = text.split("\n")
    for piece in pieces:
        assert piece.text.decode().split("\n")[0] in lines[piece.line - 1]


def test_an_object_without_a_list_is_one_record() -> None:
    assert told(json_document(source('\n{"a": {"items": [1]},\n "b": "x"}'))) == [(2, {"a": {"items": [1]}, "b": "x"})]


@pytest.mark.parametrize("text", ["", " \n", "[]", '{"items": []}'])
def test_nothing_is_no_record(text: str) -> None:
    assert told(json_document(source(text))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"a":nonsense},\n{"b":1}]', [(1, "invalid_json"), (2, {"b": 1})]),
        ('[{"a":1,"a":2},{"b":"\\ud800"},7]', [(1, "invalid_json"), (1, "invalid_json"), (1, 7)]),
        ("[1,\n2", [(1, 1), (2, 2), (2, "invalid_document")]),
        ("[1 2]", [(1, 1), (1, "invalid_document")]),
        ("[1,]", [(1, 1), (1, "invalid_document")]),
        ("[1]\n[2]", [(1, 1), (2, "invalid_document")]),
        ('{"a":1}\n{"b":2}', [(1, {"a": 1}), (2, "invalid_document")]),
        ('{"items":[1,{"b":', [(1, 1), (1, "invalid_document")]),
        ("7", [(1, "invalid_document")]),
        ('{"a" 1}', [(1, "invalid_document")]),
        ("[" * 70 + "]" * 70, [(1, "invalid_json")]),
    ],
)
def test_a_broken_record_costs_itself_and_a_broken_document_its_rest(text: str, expected: list[object]) -> None:
    assert told(json_document(source(text))) == expected


@pytest.mark.parametrize("form", ["lines", "array", "object", "string"])
def test_a_record_over_the_limit_is_one_refusal_and_the_next_is_read(form: str) -> None:
    big = b'{"a":"' + b"x" * LARGEST_RECORD + b'"}'
    if form == "lines":
        assert told(json_lines(source(big + b'\n{"b":1}\n'))) == [(1, "record_too_large"), (2, {"b": 1})]
    elif form == "object":
        assert told(json_document(source(big))) == [(1, "record_too_large")]
    else:
        item = big if form == "array" else b'"' + b'\\"' * LARGEST_RECORD + b'"'
        assert told(json_document(source(b"[" + item + b',{"b":1}]'))) == [(1, "record_too_large"), (1, {"b": 1})]


def test_lines_are_numbered_past_blank_ones_and_a_byte_order_mark() -> None:
    data = b'\xef\xbb\xbf{"a":1}\r\n\r\n \n{"b":\n\xef\xbb\xbf{"c":1}\n{"d":"\xff"}\n{"e":1}'
    expected = [(1, {"a": 1}), (4, "invalid_json"), (5, "invalid_json"), (6, "invalid_json"), (7, {"e": 1})]
    assert told(json_lines(source(data))) == expected


@pytest.mark.parametrize("start", [b"\xff\xfe{\x00", b"\xfe\xff\x00{", b"PK\x03\x04", b"\x1f\x8b\x08"])
def test_what_is_no_text_is_refused_as_a_whole(start: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        list(json_lines(source(start)))
    assert caught.value.code == "input_unreadable"


@settings(max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4), st.booleans())
def test_plain_cells_of_a_spreadsheet_are_read_as_they_are(rows: list[tuple[str, str, str]], broken: bool) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for first, second, third in rows:
        writer.writerow(["X" + first, "S" + second, f"T\n{third}" if broken else "T", "now", "{}", third])
    documents = [piece.document for piece in csv_records(source(out.getvalue()), plain=True)]
    assert documents == [
        {
            "exceptionId": "X" + first,
            "sourceSystem": "S" + second,
            "exceptionType": f"T\n{third}" if broken else "T",
            "timestamp": "now",
            "rawPayload": {},
            "entity": third or None,
        }
        for first, second, third in rows
    ]


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("A,B,C,D,{},E,F", "invalid_line"),
        ("A,B", "invalid_line"),
        ('"A,B,C,D,{},E', "invalid_line"),
        ("A,B,C,D,{,E", "invalid_json"),
        ('A,B,C,D,"{""a"":1,""a"":1}",E', "invalid_json"),
        (r"A\q,B,C,D,{},E", "invalid_text"),
        (r"A\U00110000,B,C,D,{},E", "invalid_text"),
        (r"A\x00,B,C,D,{},E", "invalid_text"),
    ],
)
def test_a_broken_line_costs_itself_alone(line: str, outcome: str) -> None:
    good = "A,B,C,D,{},"
    pieces = told(csv_records(source(f"{','.join(HEADER)}\n{line}\n\n{good}\n"), plain=False))
    assert pieces[0] == (2, outcome)
    assert pieces[1][0] == 4  # type: ignore[index]
    assert len(pieces) == 2


def test_a_quote_that_is_never_closed_ends_with_the_input() -> None:
    text = f'{",".join(HEADER)}\nA,B,C,D,{{}},\n"A,B\n{"x" * LARGEST_RECORD}\n'
    assert told(csv_records(source(text), plain=True))[1:] == [(3, "record_too_large")]


def test_escapes_are_characters_and_an_empty_cell_is_null() -> None:
    header = "\t".join((*HEADER, "normalizedContext", "owner"))
    line = 'A\tB\\\\C\\x41\\u00e9\\U0001f600\tC\tD\t{"a":"\\\\n"}\t\t\t'
    assert [piece.document for piece in tsv_records(source(f"{header}\n{line}\n"), plain=False)] == [
        {
            "exceptionId": "A",
            "sourceSystem": "B\\CA\u00e9\U0001f600",
            "exceptionType": "C",
            "timestamp": "D",
            "rawPayload": {"a": "\n"},
            "entity": None,
        }
    ]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("exceptionId,exceptionTyp", "perhaps exceptionType"),
        ("exceptionId,exceptionId", "twice"),
        ("exceptionId", "no column sourceSystem"),
        ("A,B,C,D,{},E", "no field is called 'A'"),
        (r"exceptionId\q,B", "no escape"),
        (r"\ud800,B", "no field"),
        ('"exceptionId,B', "unexpected end"),
    ],
)
def test_a_header_that_names_no_records_is_refused_as_a_whole(header: str, why: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        list(csv_records(source(f"{header}\n"), plain=False))
    assert caught.value.code == "invalid_header"
    assert why in (caught.value.why or "")


NOISE = [
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\t",
    b"\r",
    b"\0",
    b"\xff",
    b"\\ud800",
    b"\\x",
    b"9" * 30,
]
NOISE += [b"1e999", b"null", b"\xef\xbb\xbf", b"\\U00110000", b"9999-12-31T23:59:59-23:59", b'"amount":1e-300,', b"="]
WHOLE = ExceptionRecord.model_validate(
    {
        "exceptionId": "EX-1",
        "tenantId": "T",
        "sourceSystem": "Ledger",
        "exceptionType": "CASH_BREAK",
        "severity": "low",
        "timestamp": "2026-03-01T09:00:00Z",
        "domain": "Trading",
        "entity": '=1+"1"',
        "amount": "-1.50",
        "currency": None,
        "slaDeadline": None,
        "rawPayload": {"a": [1.5, "é"], "price": "1"},
        "normalizedContext": {},
    }
)


@settings(max_examples=100)
@given(
    st.sampled_from(["json", "jsonl", "csv", "tsv"]),
    st.booleans(),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(NOISE), st.integers(0, 9)), min_size=1, max_size=5),
)
def test_whatever_the_bytes_are_a_record_is_taken_or_refused(
    form: str, plain: bool, edits: list[tuple[float, bytes, int]]
) -> None:
    data = written([WHOLE, WHOLE], form)
    for place, noise, lost in edits:
        at = int(place * len(data))
        data = data[:at] + noise + data[at + lost :]
    asked = IngestRequest(tenant_id="T", source="x", format=IngestFormat(form), plain_cells=plain)
    pack = read_pack(as_bytes(trading()), name="pack.json")
    assert isinstance(pack, DomainPack)
    acceptance = Acceptance("T", "Trading", PackPair(pack, 1, None, None), NOW)
    with suppress(InvalidInput):
        for piece in pieces_of(asked, source(data)):
            with suppress(Faulty):
                acceptance.take(piece)
