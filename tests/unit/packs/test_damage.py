"""However a pack is damaged, reading it ends in a pack or in findings, never in another failure."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.packs.check import check_policy_pack
from sentinai_cli.packs.reader import InvalidPack, PackFile, read_pack_file
from sentinai_cli.packs.suites import run_suites
from tests.unit.packs.document import as_bytes, care, care_policy, domain, trading, trading_policy

DOCUMENTS = {"trading": trading(), "care": care(), "trading policy": trading_policy(), "care policy": care_policy()}
NAMES = ["if", "condition", "name", "steps", "fields", "dbQueries", "apiActions", "cases", "input", "type", "", "x/~ y"]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 3)
    | st.floats(-1, 2)
    | st.sampled_from(["", "high", "getOrder", "\u202e"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300)
@given(data=st.data(), name=st.sampled_from(sorted(DOCUMENTS)), cuts=st.integers(1, 3))
def test_a_damaged_pack_is_read_or_refused(data: st.DataObject, name: str, cuts: int) -> None:
    document: Any = copy.deepcopy(DOCUMENTS[name])
    for _ in range(cuts):
        _damage(document, data)
    written = as_bytes(document)
    file = _read(written)
    if isinstance(file, InvalidPack):
        assert file.findings
        assert all(1 <= (finding.line or 0) <= written.count(b"\n") + 1 for finding in file.findings)
    elif isinstance(file.pack, DomainPack):
        run_suites(file.pack)
    else:
        file.locate(check_policy_pack(file.pack, domain(trading())))


def _read(written: bytes) -> PackFile | InvalidPack:
    try:
        return read_pack_file(written, name="damaged.json")
    except InvalidPack as error:
        return error


def _damage(document: Any, data: st.DataObject) -> None:
    """Walk to some container and change, drop or add one of its members."""
    here = document
    while True:
        below = [value for value in _values(here) if isinstance(value, dict | list) and value]
        if not below or data.draw(st.integers(0, 3)) == 0:
            break
        here = data.draw(st.sampled_from(below))
    places = list(here) if isinstance(here, dict) else list(range(len(here)))
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    match data.draw(st.sampled_from(["change", "drop", "add"])):
        case "change":
            here[place] = data.draw(VALUES)
        case "drop":
            del here[place]
        case _ if isinstance(here, dict):
            here[data.draw(st.sampled_from(NAMES))] = data.draw(VALUES)
        case _:
            here.append(data.draw(VALUES))


def _values(container: Any) -> list[Any]:
    return list(container.values()) if isinstance(container, dict) else list(container)
