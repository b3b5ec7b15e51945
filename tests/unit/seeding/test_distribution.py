from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sentinai_cli.seeding.distribution import Quantiles, Weighted, Zipf
from sentinai_cli.seeding.randomness import Randomness

ANCHORS = [(0, 1000), (500, 20_000), (900, 400_000), (1000, 9_000_000)]


def draws(table: Weighted[str] | Zipf | Quantiles, count: int = 20_000) -> list[object]:
    randomness = Randomness(bytes(32))
    return [table.draw(randomness.stream("draw", number)) for number in range(count)]


def test_weights_are_kept_and_zero_is_never_drawn() -> None:
    counts = Counter(draws(Weighted({"often": 70, "never": 0, "rarely": 30})))
    assert counts["never"] == 0
    assert 13_700 < counts["often"] < 14_300


def test_the_first_ranks_come_up_far_more_often_than_the_last() -> None:
    counts = Counter(draws(Zipf(100, 1)))
    assert counts[0] > 1.3 * counts[1] > 1.3 * counts[4]
    assert counts[0] > 20 * counts[99] > 0
    assert set(counts) == set(range(100))


def test_quantiles_are_met_with_a_heavy_tail() -> None:
    values = sorted(value for value in draws(Quantiles(ANCHORS)) if isinstance(value, int))
    assert 18_500 < values[10_000] < 21_500
    assert 370_000 < values[18_000] < 430_000
    assert values[0] >= 1000
    assert values[-1] <= 9_000_000
    assert sum(values) / len(values) > 5 * values[10_000]


def test_the_share_below_a_value_is_what_is_drawn_below_it() -> None:
    table = Quantiles(ANCHORS)
    values = [value for value in draws(table) if isinstance(value, int)]
    for bound in (1000, 1001, 5000, 20_000, 100_000, 400_000, 8_000_000, 9_000_001):
        assert abs(table.share_below(bound) - sum(value < bound for value in values) / len(values)) < 0.012


def test_a_quantile_table_is_the_same_on_every_platform() -> None:
    assert draws(Quantiles(ANCHORS), 6) == [75941, 1657, 2836, 9666, 4698, 1144]


@given(
    st.lists(st.integers(1, 10**9), min_size=2, max_size=6).map(sorted),
    st.integers(0, 2**63),
)
def test_a_value_lies_between_the_first_and_the_last_anchor(values: list[int], number: int) -> None:
    places = [1000 * at // (len(values) - 1) for at in range(len(values))]
    table = Quantiles(list(zip(places, values, strict=True)))
    assert values[0] <= table.draw(Randomness(bytes(32)).stream("any", number)) <= values[-1]
