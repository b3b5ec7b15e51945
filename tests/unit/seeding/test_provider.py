"""Each kind of field, compiled and drawn."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from struct import Struct

import orjson
import pytest
from pydantic import ValidationError

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.reading import Reading
from sentinai_cli.seeding.payload import Payload, compiled
from sentinai_cli.seeding.pools import Pools
from sentinai_cli.seeding.randomness import Randomness
from sentinai_cli.seeding.recipe import TypeRecipe

FRIDAY = datetime(2026, 11, 13, 10, 30, 15, 250, tzinfo=UTC)
VOCABULARY = {"parties": [{"name": f"P{number}", "codes": ["A", "B"]} for number in range(30)]}
ABSENT = object()
RANDOMNESS = Randomness(bytes(32))


@cache
def payload_of(fields: bytes) -> Payload:
    recipe = TypeRecipe.model_validate({"weight": 1, "sources": {"S": 1}, "fields": orjson.loads(fields)})
    pools = Pools(RANDOMNESS, VOCABULARY)
    return compiled(recipe, "Tests", pools=pools, randomness=RANDOMNESS, reading=Reading(), first_word=0)


def drawn(fields: Mapping[str, object], number: int = 0) -> dict[str, object]:
    """What the fields come to, as the payload shows them; its JSON is canonical."""
    payload = payload_of(orjson.dumps(fields))
    words = Struct(f">{payload.words}I")
    block = RANDOMNESS.blocks("test", words.size)(number)
    text = payload.draw(words.unpack(block), int(FRIDAY.timestamp()), number)[0]
    document: dict[str, object] = orjson.loads(text)
    assert canonical_bytes(document).decode() == text
    assert document.pop("domain") == "Tests"
    return document


def one(spec: dict[str, object], number: int = 0) -> object:
    return drawn({"it": spec}, number).get("it", ABSENT)


def test_fixed_absent_and_hidden_fields() -> None:
    made = drawn(
        {
            "_hidden": {"provider": "fixed", "value": "x"},
            "shown": {"provider": "fixed", "value": "$_hidden"},
            "listed": {"provider": "fixed", "value": ["a", "b"]},
            "gone": {"provider": "absent"},
        }
    )
    assert made == {"shown": "x", "listed": ["a", "b"]}


def test_codes_and_tokens_have_their_length() -> None:
    assert all(len(str(one({"provider": "code", "prefix": "A-", "digits": 3}, n))) == 5 for n in range(200))
    tokens = {str(one({"provider": "token", "length": 20}, number)) for number in range(200)}
    assert len(tokens) == 200
    assert all(len(token) == 20 and token.isalnum() and token == token.upper() for token in tokens)


def test_members_come_from_a_population_of_the_size_declared() -> None:
    spec = {"provider": "member", "prefix": "ACC-", "digits": 9, "size": 20}
    seen = Counter(one(spec, number) for number in range(2000))
    assert len(seen) == 20
    assert seen.most_common()[0][1] > 3 * seen.most_common()[-1][1]


def test_a_pick_is_skewed_even_or_the_runs_own() -> None:
    def names(skew: str) -> Counter[object]:
        spec = {
            "_party": {"provider": "pick", "of": "parties", "skew": skew},
            "it": {"provider": "fixed", "value": "$_party.name"},
        }
        return Counter(drawn(spec, number)["it"] for number in range(3000))

    assert len(names("own")) == 1
    assert max(names("even").values()) < 2 * min(names("even").values())
    assert max(names("zipf").values()) > 4 * min(names("zipf").values())


def test_a_pick_from_a_part_and_from_an_unknown_section() -> None:
    fields = {"_party": {"provider": "pick", "of": "parties"}, "it": {"provider": "pick", "of": "$_party.codes"}}
    assert {drawn(fields, number)["it"] for number in range(50)} == {"A", "B"}
    with pytest.raises(InvalidInput, match="no section 'nobody'"):
        one({"provider": "pick", "of": "nobody"})


def test_choices_counts_and_flags_keep_their_weights() -> None:
    texts = Counter(one({"provider": "choose", "weights": {"a": 9, "b": 1}}, number) for number in range(2000))
    assert 1700 < texts["a"] < 1900
    counts = Counter(one({"provider": "count", "weights": {"1": 9, "2": 1}}, number) for number in range(2000))
    assert counts.keys() == {1, 2}
    assert 100 < sum(one({"provider": "flag", "perMille": 100}, number) is True for number in range(2000)) < 300


def test_numbers_keep_their_bounds_and_steps() -> None:
    for number in range(200):
        made = drawn(
            {
                "low": {"provider": "integer", "range": [2, 5]},
                "up": {"provider": "integer", "range": ["$low", 6]},
                "lots": {"provider": "quantity", "quantiles": [[0, 10], [1000, 5000]], "step": 100},
                "cash": {"provider": "money", "quantiles": [[0, "1.00"], [1000, "90.00"]]},
                "part": {"provider": "portion", "of": "$lots", "perMille": [1, 500]},
            },
            number,
        )
        assert isinstance(made["low"], int)
        assert isinstance(made["up"], int)
        assert isinstance(made["lots"], int)
        assert isinstance(made["part"], int)
        cash = Decimal(str(made["cash"]))
        assert 2 <= made["low"] <= made["up"] <= 6
        assert made["lots"] % 100 == 0 < made["lots"] <= 5000
        assert 1 <= made["part"] <= made["lots"] // 2
        assert Decimal("1.00") <= cash <= Decimal("90.00")
        assert cash.as_tuple().exponent == -2


def test_arithmetic_is_exact() -> None:
    made = drawn(
        {
            "price": {"provider": "sum", "of": ["10.10", "0.20"]},
            "turned": {"provider": "flip", "of": "$price", "perMille": 1000},
            "kept": {"provider": "flip", "of": "$price", "perMille": 0},
            "left": {"provider": "difference", "of": ["$price", "10.31"]},
            "worth": {"provider": "product", "of": [3, "$left"]},
            "size": {"provider": "product", "of": [3, "$left"], "absolute": True},
            "whole": {"provider": "difference", "of": [5, 7]},
        }
    )
    assert made == {
        "price": "10.30",
        "turned": "-10.30",
        "kept": "10.30",
        "left": "-0.01",
        "worth": "-0.03",
        "size": "0.03",
        "whole": -2,
    }


def test_days_and_instants_count_from_arrival_or_a_field() -> None:
    made = drawn(
        {
            "today": {"provider": "day", "from": "@day"},
            "next": {"provider": "day", "from": "$today", "after": 1},
            "before": {"provider": "day", "from": "2026-11-16", "before": 1},
            "calendar": {"provider": "day", "from": "@moment", "after": 1, "unit": "calendar"},
            "earlier": {"provider": "instant", "from": "@moment", "before": 30},
            "later": {"provider": "instant", "from": "$earlier", "after": [10, 10]},
        }
    )
    assert made == {
        "today": "2026-11-13",
        "next": "2026-11-16",
        "before": "2026-11-13",
        "calendar": "2026-11-14",
        "earlier": "2026-11-13T10:00:15Z",
        "later": "2026-11-13T10:10:15Z",
    }


def test_texts_switches_and_lists_follow_other_fields() -> None:
    made = drawn(
        {
            "on": {"provider": "fixed", "value": True},
            "text": {"provider": "text", "parts": ["a-", "$on"]},
            "chosen": {"provider": "switch", "on": "$on", "cases": {"true": {"provider": "fixed", "value": 1}}},
            "none": {"provider": "switch", "on": "$text", "cases": {"b": {"provider": "fixed", "value": 1}}},
            "rest": {
                "provider": "switch",
                "on": "$text",
                "cases": {},
                "otherwise": {"provider": "fixed", "value": "else"},
            },
            "list": {"provider": "list", "items": [{"provider": "absent"}, {"provider": "fixed", "value": "$chosen"}]},
            "record": {
                "provider": "record",
                "fields": {
                    "_inner": {"provider": "fixed", "value": "$rest"},
                    "copied": {"provider": "fixed", "value": "$_inner"},
                },
            },
        }
    )
    assert made == {
        "on": True,
        "text": "a-true",
        "chosen": 1,
        "rest": "else",
        "list": [1],
        "record": {"copied": "else"},
    }


def test_unlike_never_repeats_and_repeat_never_doubles() -> None:
    digit = {"provider": "integer", "range": [1, 3]}
    for number in range(100):
        made = drawn(
            {
                "first": digit,
                "second": {"provider": "unlike", "than": "$first", "item": digit},
                "all": {"provider": "repeat", "item": digit, "range": 3},
                "many": {"provider": "repeat", "item": digit, "range": [5, 9]},
            },
            number,
        )
        assert made["first"] != made["second"]
        for name in ("all", "many"):
            listed = made[name]
            assert isinstance(listed, list)
            assert sorted(listed) == [1, 2, 3]


def test_nothing_unlike_the_only_value_is_said_and_not_waited_for() -> None:
    only = {"provider": "fixed", "value": "x"}
    with pytest.raises(RuntimeError, match="nothing was unlike"):
        drawn({"first": only, "second": {"provider": "unlike", "than": "$first", "item": only}})


def test_hostile_text_is_written_as_text_and_never_run() -> None:
    evil = "'+__import__('os').abort()+'{w}\\ \" \x1f \u2028 {{"
    fields = {
        evil: {"provider": "fixed", "value": evil},
        "code": {"provider": "code", "prefix": evil, "digits": 2},
        "chosen": {"provider": "choose", "weights": {evil: 1}},
        "switch": {"provider": "switch", "on": "$chosen", "cases": {evil: {"provider": "fixed", "value": 1}}},
        "text": {"provider": "text", "parts": [evil, "$chosen"]},
        "list": {"provider": "list", "items": [{"provider": "fixed", "value": [evil]}]},
    }
    made = drawn(fields)
    assert (made[evil], made["chosen"], made["switch"]) == (evil, evil, 1)
    assert (made["text"], made["list"]) == (evil + evil, [[evil]])


def test_members_that_are_left_out_leave_no_comma_behind() -> None:
    fields = {
        name: {"provider": "switch", "on": "$on", "cases": {"true": {"provider": "fixed", "value": name}}}
        for name in ("a", "b", "x", "y")
    }
    seen = {len(drawn({"on": {"provider": "flag", "perMille": 500}, **fields}, number)) for number in range(20)}
    assert seen == {1, 5}


@pytest.mark.parametrize(
    "fields",
    [
        {"it": {"provider": "fixed", "value": "$nothing"}},
        {"it": {"provider": "fixed", "value": "$_party.nothing"}},
        {"it": {"provider": "fixed", "value": "$_party"}},
        {"it": {"provider": "pick", "of": "$day"}},
        {"it": {"provider": "sum", "of": ["$_party.name", 1]}},
        {"it": {"provider": "day", "from": 3}},
        {"it": {"provider": "instant", "from": "@day"}},
        {"it": {"provider": "integer", "range": "$day"}},
        {"it": {"provider": "unlike", "than": "$day", "item": {"provider": "integer", "range": [1, 2]}}},
    ],
)
def test_fields_that_do_not_fit_each_other_are_refused_before_the_first_record(fields: dict[str, object]) -> None:
    with pytest.raises((InvalidInput, ValidationError, ArithmeticError)):
        drawn({"_party": {"provider": "pick", "of": "parties"}, "day": {"provider": "day", "from": "@day"}} | fields)


@pytest.mark.parametrize(
    "spec",
    [
        {"provider": "dice"},
        {"provider": "code", "prefix": "A", "digits": 3, "length": 3},
        {"provider": "integer"},
        {"digits": 3},
    ],
)
def test_a_declaration_that_fits_no_kind_is_refused(spec: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        one(spec)
