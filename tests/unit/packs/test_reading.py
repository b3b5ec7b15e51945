"""What a condition looks at is never more than what is said of it."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sentinai_cli.models.reading import Reading
from sentinai_cli.packs.conditions import Condition, Facts
from sentinai_cli.packs.reading import read_by, reading_of
from tests.unit.packs.document import domain, trading


def members(*names: str) -> Reading:
    return Reading(raw_payload=frozenset(names))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exceptionType == 'A'", Reading()),
        ("rawPayload.a.b.c == 1 && has(rawPayload.d)", members("a", "d")),
        ("rawPayload['a b'] == 1 || rawPayload[\"c\"] == 2", members("a b", "c")),
        ("'rawPayload.x' == \"context.y\"", Reading()),
        (r"r'\d\\' == rawPayload.a", members("a")),
        (r"'\' rawPayload.b' == rawPayload.a", members("a")),
        ('"""a " rawPayload.b""" == rawPayload.a', members("a")),
        ("true // rawPayload.a", Reading()),
        (".rawPayload.a == 1", members("a")),
        ("rawPayload . a == 1", members("a")),
        ("amount > 1.0 && sourceSystem == 'S'", Reading(amount=True, source_system=True)),
        ("context.desk == 'x'", Reading(context=frozenset({"desk"}))),
        ("rawPayload.size() == 1", Reading(raw_payload=None)),
        ("rawPayload == {}", Reading(raw_payload=None)),
        ("rawPayload['a' + 'b'] == 1", Reading(raw_payload=None)),
        (r"rawPayload['\x61'] == 1", Reading(raw_payload=None)),
        ("'a' in rawPayload && rawPayload.b == 1", Reading(raw_payload=None)),
        ("context.all(key, key != 'x')", Reading(context=None)),
        ("rawPayload.a == context[sourceSystem]", Reading(frozenset({"a"}), None, source_system=True)),
    ],
)
def test_a_condition_names_what_it_looks_at(text: str, expected: Reading) -> None:
    Condition.compile(text)
    assert read_by([text]) == expected


_PIECES = (
    "rawPayload.a == 1",
    "has(rawPayload.b)",
    "rawPayload['c'] == 'rawPayload.d'",
    "context.e > 2",
    "amount == null",
    "sourceSystem.startsWith('S')",
    "[1, 2].exists(x, x == rawPayload.a)",
    r"r'\d' != rawPayload.d",
    "'amount' in rawPayload.f",
)
_VALUES = st.none() | st.integers(0, 3) | st.sampled_from(["x", "amount"]) | st.just(["amount"])
_DOCUMENTS = st.dictionaries(st.sampled_from("abcdefgh"), _VALUES, max_size=6)


@given(st.lists(st.tuples(st.sampled_from(_PIECES), st.sampled_from(["&&", "||"])), min_size=1, max_size=4), _DOCUMENTS)
@hypothesis_settings(max_examples=150)
def test_what_is_not_looked_at_changes_nothing(pieces: list[tuple[str, str]], document: dict[str, object]) -> None:
    text = " ".join(f"{piece} {joint}" for piece, joint in pieces) + " true"
    read = read_by([text])
    assert read.raw_payload is not None
    assert read.context is not None
    cut = Facts(
        "T",
        "S" if read.source_system else "",
        None,
        {name: value for name, value in document.items() if name in read.raw_payload},
        {name: value for name, value in document.items() if name in read.context},
    )
    condition = Condition.compile(text)
    assert condition.evaluate(cut) == condition.evaluate(Facts("T", "S", None, document, document))


def test_a_pack_looks_at_what_any_of_its_rules_does() -> None:
    pack = trading()
    pack["severityRules"].append({"condition": "amount > 5.0", "severity": "low"})
    assert reading_of(domain(pack)) == Reading(raw_payload=frozenset({"currency"}), amount=True)
