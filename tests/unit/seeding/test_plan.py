import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.seeding.plan import BLOCK, SeedPlan, make_plan, run_digest
from tests.unit.seeding.sample import AS_OF, library, plan, sample_pack


def planned(**changes: object) -> SeedPlan:
    arguments: dict[str, object] = {
        "scenario": "default",
        "seed": 7,
        "tenant_id": "TENANT_1",
        "pack": sample_pack("Finance"),
        "pack_checksum": "a" * 64,
        "policy_checksum": None,
        "as_of": AS_OF,
        "count": 50,
    }
    return make_plan(library(), **(arguments | changes))  # type: ignore[arg-type]


def test_the_identity_is_the_digest_of_its_manifest() -> None:
    drawn = planned()
    digest = hashlib.sha256(b"sentinai.seed-run.v1" + canonical_bytes(drawn.manifest)).hexdigest()
    assert drawn.identity == digest
    assert drawn.prefix == f"FIN-{digest[:8].upper()}"
    assert drawn.exception_id(42) == f"{drawn.prefix}-000042"
    assert drawn.exception_id(1_000_000) == f"{drawn.prefix}-1000000"


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8},
        {"tenant_id": "TENANT_2"},
        {"pack_checksum": "b" * 64},
        {"policy_checksum": "c" * 64},
        {"pack": sample_pack("Healthcare")},
    ],
)
def test_what_decides_the_records_changes_the_identity(change: dict[str, object]) -> None:
    assert planned(**change).identity != planned().identity


@pytest.mark.parametrize("change", [{"count": 51}, {"as_of": AS_OF + timedelta(days=1)}])
def test_count_and_as_of_leave_the_identity_alone(change: dict[str, object]) -> None:
    assert planned(**change).identity == planned().identity


def test_as_of_is_held_in_utc_and_whole_seconds() -> None:
    eastern = datetime(2026, 11, 18, 9, 30, 0, 999, tzinfo=timezone(timedelta(hours=-5)))
    assert planned(as_of=eastern).as_of == AS_OF
    assert planned(as_of=eastern).as_of.tzinfo is UTC


def test_an_unknown_scenario_is_not_found_and_the_known_ones_are_named() -> None:
    with pytest.raises(NotFound, match="no scenario 'storm'") as caught:
        planned(scenario="storm")
    assert caught.value.why == "known are: " + ", ".join(sorted(library().scenarios))


@pytest.mark.parametrize("seed", [2**53, -(2**53)])
def test_a_seed_that_json_cannot_hold_exactly_is_refused(seed: int) -> None:
    with pytest.raises(InvalidInput, match="is no seed"):
        planned(seed=seed)
    assert planned(seed=2**53 - 1).identity != planned(seed=-(2**53) + 1).identity


EAST = timezone(timedelta(hours=5))


@pytest.mark.parametrize("as_of", [datetime.min.replace(tzinfo=EAST), datetime.max.replace(tzinfo=UTC)])
def test_an_as_of_in_another_age_is_refused(as_of: datetime) -> None:
    with pytest.raises(InvalidInput, match="too far away"):
        planned(as_of=as_of)


def test_an_as_of_without_an_offset_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no offset"):
        planned(as_of=AS_OF.replace(tzinfo=None))


def test_the_data_checksum_covers_vocabulary_recipe_and_timeline() -> None:
    drawn = plan()
    other = plan("Healthcare")
    assert drawn.data_checksum != other.data_checksum
    timeline = drawn.timeline.model_copy(update={"days": 8})
    fields = {name: getattr(drawn, name) for name in drawn.__dataclass_fields__}
    assert SeedPlan(**(fields | {"timeline": timeline})).data_checksum != drawn.data_checksum
    assert SeedPlan(**(fields | {"vocabulary": {"analysts": ["a"]}})).data_checksum != drawn.data_checksum
    assert SeedPlan(**fields).data_checksum == drawn.data_checksum


def test_a_run_digest_is_a_digest_of_blocks() -> None:
    records = [(f"FIN-{number}", bytes([number % 256]) * 32, bytes(32)) for number in range(BLOCK + 3)]
    lines = [name.encode() + b"\x00" + record + head for name, record, head in records]
    blocks = [hashlib.sha256(b"".join(part)).digest() for part in (lines[:BLOCK], lines[BLOCK:])]
    assert run_digest(records) == hashlib.sha256(b"sentinai.seed-digest.v1" + b"".join(blocks)).hexdigest()
    assert run_digest([]) == hashlib.sha256(b"sentinai.seed-digest.v1").hexdigest()


def test_a_run_digest_sees_every_part_of_every_record() -> None:
    base = [("A-1", bytes(32), bytes(32)), ("A-2", bytes(32), bytes(32))]
    variants = [
        base,
        base[::-1],
        base[:1],
        [("A-3", bytes(32), bytes(32)), base[1]],
        [("A-1", b"\x01" * 32, bytes(32)), base[1]],
        [("A-1", bytes(32), b"\x01" * 32), base[1]],
    ]
    assert len({run_digest(variant) for variant in variants}) == len(variants)
