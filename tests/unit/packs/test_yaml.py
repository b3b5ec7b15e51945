"""Packs in YAML: the same packs, with lines, and nothing that two tools would read differently."""

import json
import tracemalloc

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sentinai_cli.packs.reader import InvalidPack, read_pack
from sentinai_cli.packs.source import MAX_KEY, MAX_VALUES, read_source
from sentinai_cli.packs.yaml_document import MAX_BYTES, NotOurYaml, read_yaml
from sentinai_cli.services.sample import sample_packs
from tests.unit.packs.document import care, care_policy, trading, trading_policy


def refused(data: bytes | str) -> InvalidPack:
    with pytest.raises(InvalidPack) as caught:
        read_pack(data.encode() if isinstance(data, str) else data, name="pack.yaml")
    return caught.value


def value(text: str) -> object:
    return read_yaml(text, max_values=MAX_VALUES, max_key=MAX_KEY)


@pytest.mark.parametrize("document", [trading(), care(), trading_policy(), care_policy()])
def test_a_pack_in_yaml_is_the_pack_in_json(document: dict[str, object]) -> None:
    from_json = read_pack(json.dumps(document).encode(), name="pack.json")
    from_yaml = read_pack(yaml.safe_dump(document).encode(), name="pack.yml")
    assert from_yaml.checksum() == from_json.checksum()


@pytest.mark.parametrize("key", sample_packs())
def test_the_samples_are_the_same_packs_in_yaml(key: tuple[str, str]) -> None:
    _, data = sample_packs()[key]  # type: ignore[index]
    as_yaml = yaml.safe_dump(json.loads(data), allow_unicode=True).encode()
    assert read_pack(as_yaml, name="pack.yaml").checksum() == read_pack(data, name="pack.json").checksum()


_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20)
_SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _TEXT
_DOCUMENTS = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4)
)


@given(_DOCUMENTS)
@hypothesis_settings(max_examples=150)
def test_what_another_tool_writes_is_read_as_what_it_was(document: object) -> None:
    assert value(yaml.safe_dump(document, allow_unicode=True)) == document


@pytest.mark.parametrize("word", ["no", "No", "on", "YES", "off", "0x1f", "007", "1_000", ".inf", ".NaN", "+1", "1:30"])
def test_a_word_that_two_tools_read_differently_is_refused_until_it_is_quoted(word: str) -> None:
    with pytest.raises(NotOurYaml) as caught:
        value(f"a: {word}\n")
    (found,) = caught.value.findings
    assert (found.pointer, found.line) == ("/a", 1)
    assert value(f"a: '{word}'\n") == {"a": word}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("12", 12),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        ("2026-01-02", "2026-01-02"),
        ("nope", "nope"),
        ("'12'", "12"),
        ("!", ""),
        ("|-\n  a\n  b", "a\nb"),
    ],
)
def test_a_plain_word_is_what_json_would_make_of_it(text: str, expected: object) -> None:
    assert value(f"a: {text}\n") == {"a": expected}


def test_a_key_is_text_as_it_is_spelled() -> None:
    assert value("NO: {on: 1, 12: 2}\n") == {"NO": {"on": 1, "12": 2}}


def test_everything_that_is_wrong_is_found_at_once_each_with_its_line() -> None:
    error = refused(
        "domainName: Trading\nexceptionTypes:\n  A:\n    descriptoin: x\n    tags: [a, '']\nseverityRulez: []\n"
    )
    found = {finding.pointer: finding.line for finding in error.findings}
    assert found == {
        "/exceptionTypes/A/descriptoin": 4,
        "/exceptionTypes/A/description": 3,
        "/exceptionTypes/A/tags/1": 5,
        "/severityRulez": 6,
    }


@pytest.mark.parametrize(
    ("text", "pointer", "line", "problem"),
    [
        ("a: &x 1\nb: *x\n", "/a", 1, "anchor"),
        ("a: 1\nb:\n  <<: {c: 1}\n", "/b/<<", 3, "merge key"),
        ("a: !!python/object:os.system x\n", "/a", 1, "tag"),
        ("a: 1\na: 2\n", "/a", 2, "twice"),
        ("a: 1\n---\nb: 1\n", "", 2, "second document"),
        ("a: [1, 2\nb: 3\n", "", 2, "no YAML"),
        ("? [a]\n: 1\n", "", 1, "key that is no text"),
        ("a: \x07\n", "", 1, "no YAML"),
        ("a: 1\nb: x\u2028y\n", "", 2, "U+2028"),
        ("a: 99999999999999999999\n", "/a", 1, "write it as a string"),
        ("a: 1e999\n", "/a", 1, "not finite"),
        ("# nothing\n", "", 1, "is empty"),
        ("- a\n", "", 1, "is no object"),
        ("\t- a\n", "", 1, "no YAML"),
    ],
)
def test_what_is_no_document_of_ours_is_refused_at_its_place(text: str, pointer: str, line: int, problem: str) -> None:
    found = refused(text).findings[0]
    assert (found.pointer, found.line) == (pointer, line)
    assert problem in found.problem


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            b"a: &a [x,x,x]\n" + b"".join(b"b%d: &b%d [*a,*a]\n" % (n, n) for n in range(9_000)), id="aliases"
        ),
        pytest.param(b"[" * 500_000, id="flow depth"),
        pytest.param(b"- " * 500_000, id="block depth"),
        pytest.param(b"{" * 200_000, id="brace depth"),
        pytest.param(b"? " * 200_000, id="key depth"),
        pytest.param(b"k" * 900_000 + b": 1\n", id="long key"),
        pytest.param(b"a: [" + b"1," * 400_000 + b"1]\n", id="many values"),
        pytest.param(b"a:\n" + b"  b: 1\n" * 100_000, id="repeated keys"),
        pytest.param(b"x" * (MAX_BYTES + 1), id="large"),
        pytest.param(b"\xef\xbb\xbfa: 1\n", id="byte order mark"),
        pytest.param("a: 1\n".encode("utf-16"), id="another encoding"),
        pytest.param(b"a: \x00\n", id="nul"),
        pytest.param(b'a: "\\ud800"\n', id="lone surrogate"),
    ],
)
def test_a_hostile_file_ends_in_a_refusal_in_bounded_memory(data: bytes) -> None:
    tracemalloc.start()
    error = refused(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 1 <= len(error.findings) <= 1000
    assert most < 100 * 1024 * 1024


def test_standard_input_is_told_by_how_it_begins() -> None:
    assert read_source(b'{"a": 1}', name="-").is_yaml is False
    assert read_source(b"a: 1\n", name="-").document == {"a": 1}
