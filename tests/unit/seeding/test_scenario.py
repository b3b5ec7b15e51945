"""What the scenarios declare is what they give."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.exception import NewException, Status
from sentinai_cli.seeding.arrival import Arrivals
from sentinai_cli.seeding.generate import generate
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.moment import moment
from sentinai_cli.seeding.plan import make_plan
from sentinai_cli.seeding.randomness import Randomness
from tests.unit.seeding.sample import AS_OF, ListedDecisions, digest_of, library, sample_pack

FINANCE, HEALTHCARE = "TENANT_FINANCE_001", "TENANT_HEALTHCARE_042"
GOLDEN = {
    "default": "33b67e1dbaeafc1145f36522de08e4f56248f78f1258947d5e9a213a072ab850",
    "fifty_tenants": "179e3d5e5dfe96ed4ad08bd11e657b12ae0f6a9bd6c2b5ce1cf26a0090e8e8d4",
    "load": "eb889d4db58ecff217e7e984a166a7817f256bf8da9db25331ef84f9a85714e5",
    "minimal": "fa31f74259c3ddf9b3c668e454c49f23ca24ac53f6e01d3a885df373c6850801",
    "outage": "7d5cb956f23ed643badc49ef9f01ba6a30e3fd7c70f58573d1d500064f477564",
    "quarter_end": "5a810281553b27e0c99a968540f2a7298708afd1a778280dd6a7da67d9a0fce2",
    "quiet_week": "13b044738fbd3674a17d8c585716c6409cd62d9e3f4fca0c5a7ac606581b8055",
}
"""Digests of the first tenant's first 60 records."""


def made(scenario: str, tenant_id: str = FINANCE, count: int = 60, days: int | None = None) -> list[NewException]:
    tenant = library().scenario(scenario).tenant(tenant_id)
    drawn = make_plan(
        library(),
        scenario=scenario,
        seed=1,
        tenant_id=tenant_id,
        pack=sample_pack(tenant.domain if tenant else "Finance"),
        pack_checksum="a" * 64,
        policy_checksum=None,
        as_of=AS_OF,
        count=count,
        days=days,
    )
    return list(generate(drawn, ListedDecisions()))


def test_every_scenario_has_a_pinned_digest() -> None:
    assert GOLDEN.keys() == library().scenarios.keys()


@pytest.mark.parametrize("name", sorted(library().scenarios))
def test_the_bytes_of_a_scenario_never_change(name: str) -> None:
    first = library().scenario(name).tenants[0].tenant_id
    assert digest_of(made(name, first)) == GOLDEN[name]


@pytest.mark.parametrize("name", sorted(library().scenarios))
def test_a_scenario_names_each_tenant_once_and_seeds_all_of_them(name: str) -> None:
    tenants = library().scenario(name).tenants
    assert len({tenant.tenant_id.lower() for tenant in tenants}) == len(tenants)
    assert all(tenant.count > 0 and tenant.domain in library().recipes for tenant in tenants)


def test_a_quarter_end_is_a_storm_of_settlements_beside_a_quiet_neighbour() -> None:
    counts = {tenant.tenant_id: tenant.count for tenant in library().scenario("quarter_end").tenants}
    assert counts[FINANCE] > 10 * counts[HEALTHCARE]
    types = Counter(record.type for record in made("quarter_end", count=400))
    assert types.most_common(1)[0][0] == "SETTLEMENT_FAIL"
    assert types["SETTLEMENT_FAIL"] + types["CASH_BREAK"] > 200


def test_an_outage_floods_the_queue_from_one_source_within_hours() -> None:
    records = made("outage", count=300)
    flooded = [record for record in records if AS_OF - record.created_at <= timedelta(hours=6)]
    assert len(flooded) > 200
    assert Counter(record.source_system for record in flooded).most_common(1)[0][0] == "SettlementSystem"
    quiet = made("outage", HEALTHCARE, 40)
    assert "SettlementSystem" not in {record.source_system for record in quiet}


def test_fifty_tenants_are_a_few_large_and_many_small_ones() -> None:
    sizes = sorted((tenant.count for tenant in library().scenario("fifty_tenants").tenants), reverse=True)
    assert len(sizes) == 50
    assert sum(sizes[:5]) > sum(sizes[5:])


def test_a_load_has_brief_histories_of_about_three_events() -> None:
    for tenant_id in (FINANCE, HEALTHCARE):
        records = made("load", tenant_id, 400)
        assert 2.7 < sum(len(record.events) for record in records) / 400 < 3.5
        assert {record.status for record in records} == set(Status)


def test_in_a_quiet_week_nearly_all_is_dealt_with() -> None:
    old = [record for record in made("quiet_week", count=300) if AS_OF - record.created_at > timedelta(days=4)]
    assert sum(record.status is Status.RESOLVED for record in old) > 0.8 * len(old)


def test_days_say_how_far_back_it_goes() -> None:
    longer = made("default", days=60)
    assert AS_OF - timedelta(days=60) <= min(record.created_at for record in longer) < AS_OF - timedelta(days=7)
    assert {record.exception_id for record in longer}.isdisjoint(record.exception_id for record in made("default"))


@pytest.mark.parametrize(("holiday", "least", "most"), [(None, 150, 400), (0, 0, 0)])
def test_fewer_arrive_on_a_holiday(holiday: int | None, least: int, most: int) -> None:
    timeline = library().scenario("default").timeline.model_copy(update={"holiday": holiday, "recency": (1,)})
    arrivals = Arrivals(timeline, datetime(2026, 12, 28, tzinfo=UTC))  # 25 December 2026 is a Friday
    randomness = Randomness(bytes(32))
    streams = (randomness.stream("a", number) for number in range(1500))
    days = Counter(moment(arrivals.at(stream.word() >> 32, stream.word())).day for stream in streams)
    assert least <= days[25] <= most


def broken(tmp_path: Path, change: Callable[[str], str]) -> Path:
    root = Path(__file__).parents[3] / "seeds"
    (tmp_path / "recipes").mkdir()
    (tmp_path / "scenarios").mkdir()
    for name in ("vocabulary.json", "scenarios/default.json", "scenarios/minimal.json"):
        (tmp_path / name).write_text(
            change((root / name).read_text()) if "minimal" in name else (root / name).read_text()
        )
    return tmp_path


def test_a_scenario_that_is_like_another_takes_its_timeline(tmp_path: Path) -> None:
    read = Library.read(broken(tmp_path, lambda text: text)).scenario("minimal").timeline
    assert read == library().scenario("default").timeline.model_copy(update={"days": 3})


@pytest.mark.parametrize("other", ["nowhere", "../vocabulary"])
def test_a_scenario_that_is_like_none_is_refused(tmp_path: Path, other: str) -> None:
    with pytest.raises(InvalidInput):
        Library.read(broken(tmp_path, lambda text: text.replace('"like": "default"', f'"like": "{other}"')))
