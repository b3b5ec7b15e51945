from collections import Counter
from hashlib import blake2b, shake_128

from hypothesis import given
from hypothesis import strategies as st

from sentinai_cli.seeding.randomness import Randomness

KEY = bytes(range(32))


def test_a_stream_is_what_its_definition_says() -> None:
    block = blake2b(b"name\x00" + (5).to_bytes(8, "big") + (0).to_bytes(4, "big"), key=KEY).digest()
    second = blake2b(b"name\x00" + (5).to_bytes(8, "big") + (1).to_bytes(4, "big"), key=KEY).digest()
    stream = Randomness(KEY).stream("name", 5)
    words = [stream.word() for _ in range(9)]
    assert words == [int.from_bytes((block + second)[at : at + 8], "big") for at in range(0, 72, 8)]


def test_the_first_words_of_a_stream_never_change() -> None:
    stream = Randomness(KEY).stream("record", 1)
    assert [stream.below(1000) for _ in range(6)] == [597, 202, 166, 844, 779, 695]


def test_a_block_is_what_its_definition_says_and_begins_as_a_shorter_one() -> None:
    blocks = Randomness(KEY).blocks("name", 40)
    assert blocks(5) == shake_128(KEY + b"name\x00" + (5).to_bytes(8, "big")).digest(40)
    assert Randomness(KEY).blocks("name", 200)(5)[:40] == blocks(5) == blocks(5)
    assert len({blocks(number) for number in range(50)} | {Randomness(KEY).blocks("other", 40)(5)}) == 51


def test_streams_do_not_know_of_each_other() -> None:
    randomness = Randomness(KEY)
    alone = randomness.stream("a", 2).word()
    first, second = randomness.stream("a", 1), randomness.stream("a", 2)
    first.word()
    assert second.word() == alone
    assert len({randomness.stream(name, number).word() for name in "ab" for number in range(50)}) == 100


@given(st.integers(1, 2**63), st.integers(0, 2**40))
def test_a_draw_stays_below_its_limit(limit: int, number: int) -> None:
    assert 0 <= Randomness(KEY).stream("limit", number).below(limit) < limit


def test_draws_are_even() -> None:
    randomness = Randomness(KEY)
    counts = Counter(randomness.stream("even", number).below(10) for number in range(20_000))
    assert min(counts.values()) > 1850
    assert max(counts.values()) < 2150


def test_a_shuffle_keeps_every_entry_and_reaches_every_order() -> None:
    orders: Counter[tuple[int, ...]] = Counter()
    for number in range(1200):
        entries = [1, 2, 3]
        Randomness(KEY).stream("shuffle", number).shuffle(entries)
        orders[tuple(entries)] += 1
    assert len(orders) == 6
    assert min(orders.values()) > 150
