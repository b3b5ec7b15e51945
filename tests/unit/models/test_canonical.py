"""Canonical JSON: equal to RFC 8785 whichever way it is written, and a clear no to what has no canonical form."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sentinai_cli.models.canonical import MAX_SAFE_INTEGER, NotCanonical, canonical_bytes, check_json, parse_json

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
NUMBERS = st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | st.floats(
    -MAX_SAFE_INTEGER, MAX_SAFE_INTEGER, allow_nan=False
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(DOCUMENTS)
def test_the_form_is_that_of_rfc_8785(document: Any) -> None:
    assert canonical_bytes(document) == rfc8785.dumps(document)


@given(DOCUMENTS)
def test_what_was_written_reads_back_and_is_written_alike(document: Any) -> None:
    once = canonical_bytes(document)
    assert canonical_bytes(parse_json(once)) == once


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"a": [1, float("nan")]}, "/a/1"),
        ({"a": float("inf")}, "/a"),
        ({"a/b": {"c~d": 2**53}}, "/a~1b/c~0d"),
        ([-(2**53)], "/0"),
        ([1e300], "/0"),
        (["x\x00"], "/0"),
        (["\ud800"], "/0"),
        ({"\udc00": 1}, "/\udc00"),
        ({"a": {1: 2}}, "/a"),
        ({"a": {1, 2}}, "/a"),
        ([b"x"], "/0"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_place(document: object, pointer: str) -> None:
    for refuse in (check_json, canonical_bytes):
        with pytest.raises(NotCanonical) as caught:
            refuse(document)
        assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1, "a": 1}',
        b"[NaN]",
        b"[-Infinity]",
        b"[1e400]",
        b"[12345678901234567890]",
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
        b'["\\u0000"]',
        b'["\\ud800"]',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xff"}',
        b"",
        b"{",
        b"[" + b"1" * 5000 + b"]",
        b"{'a': 1}",
    ],
)
def test_hostile_bytes_end_in_one_clear_refusal(data: bytes) -> None:
    with pytest.raises(NotCanonical) as caught:
        parse_json(data)
    assert caught.value.why


def test_too_large_a_document_is_refused_unread() -> None:
    with pytest.raises(NotCanonical):
        parse_json(b" " * 11, max_bytes=10)


def test_sixty_four_levels_are_deep_enough() -> None:
    assert parse_json(b"[" * 64 + b"]" * 64) == json.loads("[" * 64 + "]" * 64)
