"""Payloads held against what the entities of their type declare."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.packs.payload_check import PayloadCheck
from sentinai_cli.packs.reader import read_pack
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.generate import prepare
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import make_plan
from sentinai_cli.services.decision import PackDecisions
from tests.unit.packs.document import as_bytes, trading

DECLARED = {
    "text": {"type": "string"},
    "side": {"type": "string", "values": ["BUY", "SELL"]},
    "count": {"type": "integer"},
    "price": {"type": "decimal", "required": True},
    "share": {"type": "number"},
    "flag": {"type": "boolean"},
    "day": {"type": "date"},
    "at": {"type": "datetime"},
    "ids": {"type": "array", "items": "string"},
    "fields": {"type": "array", "items": "string", "values": ["price", "quantity"]},
    "listed": {"type": "array", "values": ["price"]},
    "rank": {"type": "integer", "values": ["1", "2"]},
    "any": {"type": "any"},
    "object": {"type": "object"},
}


def check(**entities: Any) -> PayloadCheck:
    pack = deepcopy(trading())
    pack["entities"] = entities or {"TradeOrder": {"attributes": DECLARED}}
    made = read_pack(as_bytes(pack), name="pack.json")
    assert isinstance(made, DomainPack)
    return PayloadCheck(made)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", ""),
        ("side", "BUY"),
        ("count", -3),
        ("price", "-10.50"),
        ("price", 10.5),
        ("price", 10),
        ("share", 1),
        ("share", 0.5),
        ("flag", False),
        ("day", "2026-02-28"),
        ("at", "2026-02-28t09:00:00.123z"),
        ("ids", []),
        ("ids", ["A", "B"]),
        ("fields", ["price"]),
        ("any", [1]),
        ("listed", [["price"], 1, "price"]),
        ("rank", 3),
        ("object", {}),
        ("price", None),
        ("nobody_declared_it", [{}]),
    ],
)
def test_a_value_as_it_is_declared_is_no_fault(name: str, value: object) -> None:
    assert list(check().faults("CASH_BREAK", {name: value})) == []


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("text", 1, "a text"),
        ("side", "HOLD", "BUY, SELL"),
        ("side", 1, "BUY, SELL"),
        ("count", 1.0, "a whole number"),
        ("count", True, "a whole number"),
        ("price", True, "a decimal, as a text of digits or a number"),
        ("price", "1e3", "a decimal"),
        ("share", "1", "a number"),
        ("flag", 0, "true or false"),
        ("day", "2026-02-30", "a date"),
        ("day", "20260228", "a date"),
        ("at", "2026-02-28T09:00:00", "a time with an offset"),
        ("at", "2026-02-28T25:00:00Z", "a time with an offset"),
        ("ids", "A", "an array"),
        ("ids", ["A", 1], "each member a text"),
        ("fields", ["colour"], "price, quantity"),
        ("object", [], "an object"),
    ],
)
def test_a_value_that_is_written_otherwise_is_a_fault_with_its_place(name: str, value: object, why: str) -> None:
    ((place, told),) = check().faults("CASH_BREAK", {name: value})
    assert (place, why in told) == (f"/{name}", True), told


def test_what_two_entities_declare_differently_is_free() -> None:
    both = check(A={"attributes": {"x": {"type": "integer"}}}, B={"attributes": {"x": {"type": "string"}}})
    assert list(both.faults("CASH_BREAK", {"x": []})) == []


@pytest.mark.parametrize("domain", ["finance", "healthcare", "insurance"])
def test_what_is_seeded_is_written_as_the_pack_declares(domain: str) -> None:
    pack = read_pack((bundled("domainpacks") / f"{domain}.sample.json").read_bytes(), name=domain)
    assert isinstance(pack, DomainPack)
    plan = make_plan(
        Library.read(bundled("seeds")),
        scenario="default",
        seed=1,
        tenant_id="T",
        pack=pack,
        pack_checksum=pack.checksum(),
        policy_checksum=None,
        as_of=datetime(2026, 11, 20, tzinfo=UTC),
        count=100,
        days=None,
    )
    payloads = PayloadCheck(pack)
    for record in prepare(plan, PackDecisions(pack, None)):
        assert list(payloads.faults(record.type, orjson.loads(record.raw_payload))) == []
