"""Merkle trees as in RFC 6962, section 2.1: the root of a list, and the proof that something stands in it."""

import hashlib
from collections.abc import Iterable, Sequence

_LEAF = b"\x00"
_NODE = b"\x01"


class MerkleRoot:
    """The root of a list that arrives one by one; keeps a hash for each power of two, not the list."""

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []
        for entry in entries:
            self.add(entry)

    def add(self, entry: bytes) -> None:
        """Append one entry."""
        height, node = 0, leaf_hash(entry)
        while self._peaks and self._peaks[-1][0] == height:
            node = _node(self._peaks.pop()[1], node)
            height += 1
        self._peaks.append((height, node))
        self.size += 1

    def digest(self) -> bytes:
        """The root of what was added, 32 bytes; of nothing, the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256().digest()
        root = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            root = _node(peak, root)
        return root


def leaf_hash(entry: bytes) -> bytes:
    """The hash that an entry has as a leaf."""
    return hashlib.sha256(_LEAF + entry).digest()


def inclusion_path(entries: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from entry `index` (from 0) to the root, the nearest first."""
    level = [leaf_hash(entry) for entry in entries]
    path = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = [_node(*level[at : at + 2]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)]
        index //= 2
    return path


def root_of_path(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a tree of `size` has if `entry` is its entry `index`; None for a path of the wrong length."""
    if not 0 <= index < size:
        return None
    node, last, rest = leaf_hash(entry), size - 1, list(path)
    while last:
        if index % 2 or index < last:
            if not rest:
                return None
            sibling = rest.pop(0)
            node = _node(sibling, node) if index % 2 else _node(node, sibling)
        index //= 2
        last //= 2
    return None if rest else node


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
