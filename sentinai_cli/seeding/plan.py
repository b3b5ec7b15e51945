"""What a run will generate, fixed before the first record: its plan and the identity that follows from it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.canonical import MAX_SAFE_INTEGER, canonical_bytes, checksum
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.recipe import Recipe
from sentinai_cli.seeding.scenario import Timeline

GENERATOR = 2
"""Raised whenever the same plan would give other bytes."""

BLOCK = 4096
"""How many records are digested together."""
_YEARS = range(2000, 2100)
_IDENTITY = b"sentinai.seed-run.v1"
_DIGEST = b"sentinai.seed-digest.v1"


@dataclass(frozen=True)
class Drip:
    """How the future of a run is told: `every` so many microseconds an exception arrives.

    Whatever happens to it happens `speed` times as fast as the scenario says.
    """

    every: int
    speed: int


@dataclass(frozen=True)
class SeedPlan:
    """One run for one tenant.

    `as_of` is in UTC and whole seconds: nothing is dated after it. It is not part of the identity, which names the
    run; together they fix every byte. `count` is neither: record n is the same whatever the count.
    """

    scenario: str
    seed: int
    tenant_id: str
    domain: str
    domain_pack: str
    policy_pack: str | None
    as_of: datetime
    count: int
    recipe: Recipe
    timeline: Timeline
    vocabulary: Mapping[str, Sequence[object]]
    days: int | None = None
    own_as_of: bool = False
    drip: Drip | None = None

    @cached_property
    def data_checksum(self) -> str:
        """Over the vocabulary, the recipe and the timeline: 64 hex digits."""
        return checksum(
            {
                "vocabulary": dict(self.vocabulary),
                "recipe": self.recipe.model_dump(mode="json", by_alias=True),
                "timeline": self.timeline.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            }
        )

    @cached_property
    def manifest(self) -> dict[str, object]:
        """What the identity covers, as JSON. `days` is there when somebody chose other ones than the scenario's."""
        chosen: dict[str, object] = {} if self.days is None else {"days": self.days}
        if self.own_as_of:
            chosen["as_of"] = canonical_time(self.as_of)
        if self.drip is not None:
            chosen["drip"] = {"every": self.drip.every, "speed": self.drip.speed}
        return {
            "generator": GENERATOR,
            "scenario": self.scenario,
            "seed": self.seed,
            "tenant_id": self.tenant_id,
            "domain": self.domain,
            "domain_pack": self.domain_pack,
            "policy_pack": self.policy_pack,
            "data": self.data_checksum,
            **chosen,
        }

    @cached_property
    def key(self) -> bytes:
        """The identity as 32 bytes; keys all randomness of the run."""
        return hashlib.sha256(_IDENTITY + canonical_bytes(self.manifest)).digest()

    @property
    def identity(self) -> str:
        """The identity as 64 hex digits."""
        return self.key.hex()

    @cached_property
    def prefix(self) -> str:
        """The start of the run's exception ids: `FIN-1A2B3C4D`."""
        return f"{self.recipe.id_prefix}-{self.key[:4].hex().upper()}"

    def exception_id(self, number: int) -> str:
        """The id of record `number`, which counts from 1. Beyond 999999 the sequence has seven digits."""
        return f"{self.prefix}-{number:06d}"


def make_plan(
    library: Library,
    *,
    scenario: str,
    seed: int,
    tenant_id: str,
    pack: DomainPack,
    pack_checksum: str,
    policy_checksum: str | None,
    as_of: datetime,
    count: int,
    days: int | None = None,
    own_as_of: bool = False,
    drip: Drip | None = None,
) -> SeedPlan:
    """Plan a run. `as_of` needs an offset and loses its fraction of a second; `days` None: as the scenario says.

    Raises NotFound `unknown_scenario`, InvalidInput `invalid_seed` beyond 2^53-1 and `invalid_as_of` outside the
    years 2000 to 2099.
    """
    if abs(seed) > MAX_SAFE_INTEGER:
        raise InvalidInput("invalid_seed", f"{seed} is no seed", why=f"the largest is {MAX_SAFE_INTEGER}")
    if as_of.tzinfo is None:
        raise InvalidInput("invalid_as_of", f"{as_of.isoformat()} has no offset", why="write 2026-01-31T09:00:00Z")
    if as_of.year not in _YEARS:
        raise InvalidInput("invalid_as_of", f"{as_of.isoformat()} is too far away", why="seeds know 2000 to 2099")
    declared = library.scenario(scenario)
    tenant = declared.tenant(tenant_id)
    timeline = declared.timeline_of(tenant)
    if days is not None:
        timeline = timeline.model_copy(update={"days": days})
    return SeedPlan(
        scenario=scenario,
        seed=seed,
        tenant_id=tenant_id,
        domain=pack.domain_name,
        domain_pack=pack_checksum,
        policy_pack=policy_checksum,
        as_of=as_of.astimezone(UTC).replace(microsecond=0),
        count=count,
        recipe=library.mixed(pack, tenant),
        timeline=timeline,
        vocabulary=library.vocabulary,
        days=days,
        own_as_of=own_as_of,
        drip=drip,
    )


def run_digest(records: Iterable[tuple[str, bytes, bytes]]) -> str:
    """The digest of a run: (exception id, record digest, hash of its last seeded event) in the order of the numbers.

    SHA-256(tag | block 1 | block 2 …), a block being the SHA-256 of 4096 records, each id | 0x00 | digest | hash, so
    that blocks can be made apart. 64 hex digits. Order by number: as text, id 1000000 sorts before 999999.
    """
    rest = iter(records)
    return digest_of_blocks(iter(lambda: _block(rest), None))


def block_digest(records: Iterable[tuple[str, bytes, bytes]]) -> bytes:
    """The digest of one block: records `n * BLOCK + 1` to `(n + 1) * BLOCK`, fewer in the last."""
    block = hashlib.sha256()
    for exception_id, record, head in records:
        block.update(exception_id.encode() + b"\x00" + record + head)
    return block.digest()


def digest_of_blocks(blocks: Iterable[bytes]) -> str:
    """The digest of a run from those of its blocks, in order."""
    whole = hashlib.sha256(_DIGEST)
    for block in blocks:
        whole.update(block)
    return whole.hexdigest()


def _block(records: Iterator[tuple[str, bytes, bytes]]) -> bytes | None:
    """The digest of the next block; None when there is no record left."""
    taken = list(islice(records, BLOCK))
    return block_digest(taken) if taken else None
