"""Merkle trees against the definition of RFC 6962 and its published vectors."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.merkle import MerkleRoot, inclusion_path, root_of_path

VECTORS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""Roots of the first entries of the test list of Certificate Transparency's reference implementation."""
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    )
]  # fmt: skip


def by_definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, word for word."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return hashlib.sha256(b"\x01" + by_definition(entries[:half]) + by_definition(entries[half:])).digest()


@pytest.mark.parametrize("size", VECTORS)
def test_roots_are_those_that_others_publish(size: int) -> None:
    assert MerkleRoot(ENTRIES[:size]).digest().hex() == VECTORS[size]


@given(st.lists(st.binary(max_size=40), max_size=70))
@settings(max_examples=60)
def test_a_root_is_what_the_definition_says(entries: list[bytes]) -> None:
    tree = MerkleRoot(entries)
    assert (tree.digest(), tree.size) == (by_definition(entries), len(entries))


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=40, unique=True), st.data())
@settings(max_examples=60)
def test_a_path_leads_to_the_root_and_no_other_does(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    path, root = inclusion_path(entries, index), by_definition(entries)
    assert root_of_path(entries[index], index, len(entries), path) == root
    assert root_of_path(entries[index] + b"x", index, len(entries), path) != root
    assert root_of_path(entries[index], index, len(entries), [*path, root]) is None
    assert root_of_path(entries[index], len(entries), len(entries), path) is None
    if path:
        assert root_of_path(entries[index], index, len(entries), path[:-1]) is None
        assert root_of_path(entries[index], index ^ 1, len(entries), path) != root
