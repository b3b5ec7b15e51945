"""The quick way of reading and writing JSON gives what the long way gives."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.canonical import MAX_BYTES, MAX_SAFE_INTEGER, NotCanonical, canonical_bytes, parse_json
from sentinai_cli.models.plain_json import canonical_text, read_plain

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from('":\\,{}[]\x00\ud800é\U0001f600'), max_size=6
)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([2**53, MAX_SAFE_INTEGER, -0.0, 1e22, 1e-7])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
SPELLED = st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :"), (",\n", "\t:")])


def outcome(read: object, data: object, **limits: int) -> object:
    try:
        return repr(read(data, **limits))  # type: ignore[operator]
    except NotCanonical as error:
        return type(error)


@settings(max_examples=200)
@given(DOCUMENTS, SPELLED, st.booleans())
def test_a_document_is_read_the_same_by_both_ways(
    document: object, separators: tuple[str, str], ascii_only: bool
) -> None:
    text = json.dumps(document, separators=separators, ensure_ascii=ascii_only)
    data = text.encode("utf-8", "surrogatepass")
    assert outcome(read_plain, data, max_bytes=MAX_BYTES) == outcome(parse_json, data)


@settings(max_examples=150)
@given(st.text('{}[]",:\\u0022a1.e- \n', max_size=24) | st.binary(max_size=12))
def test_nonsense_is_refused_the_same_by_both_ways(text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    assert outcome(read_plain, data, max_bytes=MAX_BYTES) == outcome(parse_json, data)


@settings(max_examples=200)
@given(DOCUMENTS)
def test_the_canonical_text_is_the_same_by_both_ways(document: object) -> None:
    try:
        expected = canonical_bytes(document).decode()
    except NotCanonical:
        if "nan" not in repr(document) and "inf" not in repr(document):  # what was read holds no such number
            with pytest.raises(NotCanonical):
                canonical_text(document)
    else:
        assert canonical_text(document) == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a":1,"a" :2}',
        '{"a":{"b":1,"b":1}}',
        '{"x\\":":1,"a":1,"a":2}',
        r'{"\u0022:":1,"a":1,"a":2}',
        r'{"a":"\":","a":2}',
        r'{"a":1,"\u0061":2}',
        '{"a":9007199254740992}',
        '{"a":1e400}',
        '{"a":99999999999999999999}',
        r'{"a":"\u0000"}',
        r'{"a":"\ud800"}',
        "\ufeff{}",
        '{"a":' * 70 + "1" + "}" * 70,
        "[" * 100_000,
        "{}{}",
        "",
        "NaN",
    ],
)
def test_hostile_documents_are_refused(text: str) -> None:
    with pytest.raises(NotCanonical):
        read_plain(text.encode(), max_bytes=MAX_BYTES)


def test_a_document_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(NotCanonical, match="not an acceptable"):
        read_plain(b'{"a":1}', max_bytes=6)
