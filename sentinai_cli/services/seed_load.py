"""Generating the records of a run and writing them, side by side: in one process, or a share in each of several."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from operator import attrgetter
from typing import TypeAlias

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.copy_text import copy_text
from sentinai_cli.db.seed_writer import seed_writer
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.prepared_exception import PreparedException
from sentinai_cli.models.seed import SeedRun
from sentinai_cli.seeding.generate import Run
from sentinai_cli.seeding.plan import BLOCK, SeedPlan, block_digest
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.load_tuning import tuned_for_loading

Mixed: TypeAlias = tuple[str, str, str]

CHUNK = 1024
"""Records in one transaction; what is in memory at once is a few times that."""
_MIXED: Callable[[PreparedException], Mixed] = attrgetter("type", "severity", "status")


@dataclass(frozen=True)
class SeedJob:
    """What it takes to write a run, in any process. `written` are the numbers that the ledger showed beforehand."""

    database: Database
    run: SeedRun
    plan: SeedPlan
    domain_pack: DomainPack
    policy_pack: PolicyPack | None
    written: tuple[range, ...] = ()
    staging: bool = False

    @property
    def blocks(self) -> int:
        """How many blocks of records the plan has."""
        return -(-self.plan.count // BLOCK)

    def has(self, first_no: int, stop: int) -> bool:
        """Whether these numbers were written beforehand, the latter not included."""
        at = first_no
        for done in self.written:
            if done.start <= at < done.stop:
                at = done.stop
        return at >= stop


@dataclass(frozen=True, slots=True)
class Loaded:
    """So many more records are done; the digest of a block comes with its last ones.

    `mix` counts them by type, severity and status, in this order.
    """

    records: int
    inserted: int
    block: int
    digest: bytes | None
    events: int
    mix: Counter[Mixed]


Report = Callable[[Loaded], None]


def load_blocks(job: SeedJob, blocks: Sequence[int], report: Report) -> None:
    """Generate these blocks in order and write what is missing of them, while the next records are being generated."""
    decisions = PackDecisions(job.domain_pack, job.policy_pack, remembers=False)
    with (
        tuned_for_loading(),
        seed_writer(job.database, job.run, staging=job.staging) as writer,
        ThreadPoolExecutor(1) as beside,
    ):

        def write(first_no: int, records: list[PreparedException]) -> Future[int]:
            rows = copy_text(job.run.tenant_id, records)
            return beside.submit(writer.write, first_no, records, rows)

        pending: tuple[Future[int], Loaded] | None = None
        for first_no, records, done in _chunks(job, decisions, blocks):
            future = None if job.has(first_no, first_no + len(records)) else write(first_no, records)
            if pending is not None:
                _settle(*pending, report)
            pending = None if future is None else (future, done)
            if future is None:
                report(done)
        if pending is not None:
            _settle(*pending, report)


def _chunks(
    job: SeedJob, decisions: PackDecisions, blocks: Sequence[int]
) -> Iterator[tuple[int, list[PreparedException], Loaded]]:
    """The records, a chunk at a time: the number of the first, all of them, and what to report of them."""
    run = Run(job.plan, decisions)
    for block in blocks:
        stop = min((block + 1) * BLOCK, job.plan.count) + 1
        first_no = block * BLOCK + 1
        records = map(run.record, range(first_no, stop))
        seen: list[tuple[str, bytes, bytes]] = []
        while chunk := list(islice(records, CHUNK)):
            seen += ((record.exception_id, record.source_digest, record.events[-1].hash) for record in chunk)
            ends = first_no + len(chunk) == stop
            digest = block_digest(seen) if ends else None
            events = sum(len(record.events) for record in chunk)
            yield first_no, chunk, Loaded(len(chunk), 0, block, digest, events, Counter(map(_MIXED, chunk)))
            first_no += len(chunk)


def _settle(future: Future[int], done: Loaded, report: Report) -> None:
    report(replace(done, inserted=future.result()))
