"""Lines of pointers, found without building the document."""

import json
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.packs.pointer import pointer
from sentinai_cli.packs.position import lines, places

TEXT = """{
  "a": {
    "b/c": [1, "two", {"d": null}],
    "~": "x\\ny"
  },
  "e": [
    [],
    [true]
  ]
}
"""


def test_each_value_has_the_line_of_its_key_or_of_itself_in_an_array() -> None:
    wanted = ["", "/a", "/a/b~1c", "/a/b~1c/2/d", "/a/~0", "/e", "/e/0", "/e/1/0"]
    assert lines(TEXT, wanted) == dict(zip(wanted, [1, 2, 3, 3, 4, 6, 7, 8], strict=True))


def test_what_is_missing_has_the_line_of_the_nearest_parent_that_is_there() -> None:
    assert lines(TEXT, ["/a/nothing/here", "/nowhere", "/e/9"]) == {"/a/nothing/here": 2, "/nowhere": 1, "/e/9": 6}


def test_a_line_feed_outside_strings_counts_and_an_escaped_one_does_not() -> None:
    assert lines('{"a": "\\n\\n",\n\n"b": 1}', ["/b"]) == {"/b": 3}


def test_what_stands_below_a_key_of_thousands_of_characters_is_left_out_and_what_follows_it_is_not() -> None:
    key = "k" * 5000
    text = json.dumps({key: [1, {"deep": 2}], "after": 3})
    assert [place.pointer for place in places(text)] == [f"/{key}", "/after"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=15,
)


@settings(max_examples=200)
@given(document=JSON, ascii_only=st.booleans())
def test_the_places_of_any_document_are_its_pointers_in_order(document: object, ascii_only: bool) -> None:
    text = json.dumps(document, indent=1, ensure_ascii=ascii_only)
    assert [place.pointer for place in places(text)] == list(_pointers(document, ()))


@settings(max_examples=200)
@given(text=st.text(alphabet='{}[]:,"\\ \na1', max_size=60))
def test_no_text_makes_the_pass_fail(text: str) -> None:
    assert all(place.line <= text.count("\n") + 1 for place in places(text))


def _pointers(value: object, steps: tuple[str | int, ...]) -> Iterator[str]:
    members: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    for step, member in members:
        yield pointer(*steps, step)
        yield from _pointers(member, (*steps, step))
