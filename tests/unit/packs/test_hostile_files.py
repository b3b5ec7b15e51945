"""Whatever a file holds, the answer is one refusal, quickly and in little memory."""

import tracemalloc

import pytest

from sentinai_cli.packs.reader import InvalidPack, read_pack
from tests.unit.packs.document import as_bytes, findings, trading


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b"[]", "is no object"),
        (b"null", "is no object"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (as_bytes(trading()).decode().encode("utf-16"), "not UTF-8"),
        (b'{"domainName": "caf\xe9"}', "not UTF-8"),
        (b'{"version": NaN}', "NaN is not JSON"),
        (b'{"version": -Infinity}', "-Infinity is not JSON"),
        (b'{"version": 1e999}', "a number that is not finite"),
        (b'{"version": 99999999999999999999}', "write it as a string"),
        (b'{"version": ' + b"9" * 5000 + b"}", "write it as a string"),
        (b'{"version": "\\u0000"}', "NUL"),
        (b'{"version": "\\ud800"}', "surrogate"),
        (b'{"\\ud800": 1}', "surrogate"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "nested deeper"),
        (b" " * 5_000_000, "larger than the limit"),
    ],
)
def test_a_file_that_is_no_json_document_of_ours_is_refused_in_one_finding(data: bytes, problem: str) -> None:
    with pytest.raises(InvalidPack) as caught:
        read_pack(data, name="hostile.json")
    assert len(caught.value.findings) == 1
    assert problem in caught.value.findings[0].problem


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ({"items": list(range(200_000))}, "at most 200000 are allowed"),
        ({"deep": [{"k" * 257: 1}]}, "a key has more than 256 characters"),
    ],
)
def test_what_no_pack_needs_is_refused_however_deep_it_stands(payload: dict[str, object], problem: str) -> None:
    document = trading()
    document["testSuites"][0]["input"]["rawPayload"] = payload
    (found,) = findings(document).values()
    assert problem in found.problem


def test_every_repeated_key_is_found_where_it_stands_again() -> None:
    data = b'{"tools": {},\n "a": {"b": 1,\n       "b": 2},\n "tools": {}}'
    assert {pointer: found.line for pointer, found in findings(data).items()} == {"/a/b": 3, "/tools": 4}


def test_a_repeated_key_is_recognised_through_its_escapes() -> None:
    assert list(findings(b'{"tools": {}, "t\\u006fols": {}}')) == ["/tools"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"' + b"k" * 2_000_000 + b'":[' + b"1," * 300_000 + b"1]}", id="a long key above many values"),
        pytest.param(b'{"' + b"k" * 2_000_000 + b'":[' + b"1," * 150_000 + b"1.5,1e999]}", id="the same, then broken"),
        pytest.param(b'{"a":[' + b'{"b":1,"b":2},' * 250_000 + b"1]}", id="many repeated keys"),
        pytest.param(b"[" * 60 + b"[]," * 100_000 + b"1" + b"]" * 60, id="many values far down"),
        pytest.param(
            b'{"exceptionTypes":{' + b",".join(b'"T%d":{"x":1}' % n for n in range(10_000)) + b"}}",
            id="many unknown keys",
        ),
        pytest.param(
            b'{"domainName":"D","exceptionTypes":{"A":{"description":"d"}},"severityRules":['
            + b",".join(b'{"condition":"exceptionType == \'T%d\'","severity":"low"}' % n for n in range(8_000))
            + b"]}",
            id="many rules for types that do not exist",
        ),
    ],
)
def test_a_file_made_to_be_expensive_is_refused_in_bounded_memory(data: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(InvalidPack) as caught:
            read_pack(data, name="hostile.json")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 400 * 1024 * 1024
    assert len(caught.value.findings) <= 1000
    assert len(caught.value.why or "") < 20_000
