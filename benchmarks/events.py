"""The event log, side by side with the same work without it: loading, verifying, appending. What counts are ratios.

  load     the same records with their hashed events, chained by the client, against the same rows with events that
           carry constant hashes: what hashing and chaining cost. Limit: at least 0.65 times as fast.
  verify   `verify_events` against COPY (SELECT …) TO STDOUT of the same rows and one SHA-256 over each.
           Limits: 3 times as long with one worker, 2 times with as many as it takes by itself.
  append   8 processes, each on an eighth of the exceptions in an order of chance, each append a transaction, against a
           plain INSERT of the same event by the same processes without head, hash or a look for its id, in turns of
           half a second, since other work on the machine moves either by a tenth. Limit: at least 0.85 times as many
           a second. Beside it, without a limit: the same with one exception for each process.

Sizes come from the command line: benchmarks/events.py [events] [seconds of appending]. --assert exits 1 over a limit.
The server is one of its own, in a temporary place, and goes with it; fsync is as the embedded server has it.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

from sentinai_cli.db.driver import driver
from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.database import Environment
from sentinai_cli.models.event import ActorType, EventDraft, EventType, NewEvent
from sentinai_cli.models.event_hash import GENESIS, chain_hash, event_leaf, record_digest
from sentinai_cli.models.exception import NewException, Severity, Status
from sentinai_cli.models.operation_context import OperationContext
from sentinai_cli.models.scope import AllTenants, TenantScope

EACH = 5
ROUNDS = 5
CHUNK = 1000
WRITERS = 8
TURN = 0.5
STARTING = 5.0
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SCOPE = TenantScope("BENCH")
LIMITS = {"load": 0.65, "verify, 1 worker": 3.0, "verify, by itself": 2.0, "append": 0.85}
PLAIN = """
    INSERT INTO exception_event
        (tenant_id, exception_id, event_no, event_id, event_type, actor_type, actor_id, payload, created_at, leaf, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)
"""
Table = list[tuple[str, float, float, float]]


def records(count: int, *, chained: bool, prefix: str = "EX") -> Iterator[NewException]:
    """Exceptions with five events each; without `chained` every hash is the same 32 bytes and nothing is hashed."""
    for number in range(count):
        name, created = f"{prefix}-{number:08d}", START + timedelta(seconds=number)
        payload: dict[str, object] = {
            "accountId": f"ACC-{number}",
            "currency": "EUR",
            "expectedBalance": "1250.00",
            "actualBalance": "1000.00",
            "difference": "250.00",
            "custodian": "First Bank",
            "domain": "Finance",
        }
        known = {
            "tenant_id": SCOPE.tenant_id,
            "exception_id": name,
            "domain": "Finance",
            "type": "CASH_BREAK",
            "source_system": "CashLedger",
            "entity": f"ACC-{number}",
            "amount": None,
            "currency": None,
            "raw_payload": payload,
            "normalized_context": {"domain": "Finance"},
            "created_at": created,
        }
        digest = record_digest(**known) if chained else GENESIS  # type: ignore[arg-type]
        events = tuple(told(name, number, created, digest.hex(), chained=chained))
        yield NewException(
            **known,  # type: ignore[arg-type]
            severity=Severity.HIGH,
            status=Status.OPEN,
            sla_deadline=None,
            owner=None,
            current_playbook_id=None,
            current_step=None,
            source_digest=digest,
            updated_at=events[-1].created_at,
            resolved_at=None,
            events=events,
        )


def told(name: str, number: int, created: datetime, digest: str, *, chained: bool) -> Iterator[NewEvent]:
    """One creation and comments."""
    link = GENESIS
    for event_no in range(1, EACH + 1):
        payload: dict[str, object] = {"text": f"comment {event_no} on {name}, looked at by the desk, nothing new"}
        kind = EventType.COMMENT_ADDED
        if event_no == 1:
            kind = EventType.EXCEPTION_CREATED
            payload = {
                "source_system": "CashLedger",
                "record_digest": digest,
                "severity": "high",
                "status": "open",
                "sla_deadline": None,
            }
        at = created + timedelta(seconds=event_no)
        event_id = UUID(int=number << 16 | event_no)
        leaf = GENESIS
        if chained:
            leaf = event_leaf(
                tenant_id=SCOPE.tenant_id,
                exception_id=name,
                event_id=event_id,
                event_type=kind.value,
                actor_type="system",
                actor_id="bench",
                payload=payload,
                created_at=at,
            )
            link = chain_hash(link, event_no, leaf)
        yield NewEvent(event_no, event_id, kind, ActorType.SYSTEM, "bench", payload, at, leaf, link)


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def load(database: Database, count: int, *, chained: bool) -> None:
    """Make and write the records, a chunk in a transaction."""
    chunk = []
    for record in records(count, chained=chained):
        chunk.append(record)
        if len(chunk) == CHUNK:
            write(database, chunk)
            chunk = []
    write(database, chunk)


def write(database: Database, chunk: list[NewException]) -> None:
    with database.begin(SCOPE) as work:
        work.exceptions.load(SCOPE.tenant_id, chunk)


def verification(database: Database) -> list[float]:
    """Median seconds of each part of part/verification.py, whose first round is only to warm up."""
    program = str(Path(__file__).parent / "part" / "verification.py")
    line = [sys.executable, program, database.url.text, str(1 + ROUNDS)]
    told = subprocess.run(line, check=True, capture_output=True, text=True).stdout.splitlines()
    return [statistics.median(map(float, column)) for column in zip(*map(str.split, told[1:]), strict=True)]


def append(database: Database, name: str, event_no: int) -> None:
    """One event at the end of its exception's chain."""
    with database.begin(SCOPE) as work:
        work.events.append_event_if_new(SCOPE.tenant_id, name, draft(event_no))


def plain(database: Database, name: str, event_no: int) -> None:
    """The same event as a row and nothing more."""
    event = draft(event_no)
    payload = canonical_bytes(event.payload).decode()
    row: list[object] = [
        SCOPE.tenant_id,
        name,
        1_000_000 + event_no,
        event.event_id,
        event.event_type.value,
        event.actor_type.value,
    ]
    row += [event.actor_id, payload, event.created_at, GENESIS, GENESIS]
    with database.begin(SCOPE) as work:
        driver(work.connection).execute(PLAIN, row)


def draft(event_no: int) -> EventDraft:
    return EventDraft(
        event_id=uuid4(),
        event_type=EventType.COMMENT_ADDED,
        actor_type=ActorType.USER,
        actor_id="bench",
        payload={"text": f"comment {event_no}"},
        created_at=datetime.now(UTC),
    )


def run_writer(database: Database, names: list[str], start: float, turns: int) -> tuple[int, int]:
    """One process that writes events on one of its exceptions after the other, from `start` on (wall clock).

    Returns how many, either way.
    """
    ways, counts = (plain, append), [0, 0]
    Random(names[0]).shuffle(names)
    walk = cycle(names)
    for way in ways:
        way(database, next(walk), stamp())  # connected and planned before it counts
    time.sleep(max(0.0, start - time.time()))
    for turn in range(turns):
        for place in (0, 1) if turn % 2 else (1, 0):
            start += TURN
            while time.time() < start:
                ways[place](database, next(walk), stamp())
                counts[place] += 1
    database.close()
    return counts[0], counts[1]


def stamp() -> int:
    return time.time_ns() // 1000 % 10**12


def rates(database: Database, each: list[list[str]], seconds: float) -> tuple[float, float]:
    """Events a second of all writers together without and with the chain; `each` has the exceptions of one."""
    turns = round(seconds / TURN)
    with ProcessPoolExecutor(len(each), mp_context=get_context("spawn")) as pool:
        start = time.time() + STARTING
        running = [pool.submit(run_writer, database, names, start, turns) for names in each]
        bare, chained = map(sum, zip(*(future.result() for future in running), strict=True))
    return bare / (turns * TURN), chained / (turns * TURN)


def context() -> OperationContext:
    return OperationContext(
        command="bench", arguments={}, actor="bench", reason=None, started_at=datetime.now(UTC), tool_version="0"
    )


def fresh(server: Database, name: str) -> Database:
    """A migrated database with the tenant and nothing else."""
    with server.direct() as admin:
        admin.execute(f"CREATE DATABASE {name}")
    made = Database(replace(server.url, database=name), context=context(), private=True)
    upgrade(made, say=lambda _: None, environment=Environment.DEVELOPMENT)
    with made.begin(AllTenants()) as work:
        work.tenants.add(SCOPE.tenant_id, name="Bench", domain="Finance")
    return made


def measure(server: Database, events: int, seconds: float) -> Table:
    exceptions = max(CHUNK, events // EACH)
    table: Table = []
    plain_load: list[float] = []
    chained_load: list[float] = []
    for round_no in range(2):
        for chained, into in ((False, plain_load), (True, chained_load)):
            database = fresh(server, f"load_{round_no}_{int(chained)}")
            into.append(timed(lambda: load(database, exceptions, chained=chained)))  # noqa: B023 - called at once
            database.close()
    table.append(("load", min(plain_load), min(chained_load), min(plain_load) / min(chained_load)))
    whole = Database(replace(server.url, database="load_1_1"), context=context(), private=True)
    with whole.direct() as admin:
        admin.execute("VACUUM ANALYZE")
    dumped, alone, several = verification(whole)
    for name, taken in (("verify, 1 worker", alone), ("verify, by itself", several)):
        table.append((name, dumped, taken, taken / dumped))
    names = [f"EX-{number:08d}" for number in range(exceptions)]
    each = [names[writer::WRITERS] for writer in range(WRITERS)]
    for name, written in (("append", each), ("append, one each", [own[:1] for own in each])):
        bare, with_chain = rates(whole, written, seconds)
        table.append((name, bare, with_chain, with_chain / bare))
    whole.close()
    return table


def main() -> int:
    numbers = [word for word in sys.argv[1:] if not word.startswith("-")]
    events, seconds = int(numbers[0]) if numbers else 300_000, float(numbers[1]) if len(numbers) > 1 else 20.0
    place = Path(tempfile.mkdtemp(prefix="sentinai-bench-", dir="/tmp"))
    place.chmod(0o755)
    embedded = EmbeddedServer(place / "home")
    try:
        server = Database(embedded.ensure(), context=context(), private=True)
        table = measure(server, events, seconds)
        server.close()
    finally:
        embedded.stop()
        shutil.rmtree(place, ignore_errors=True)
    print(f"{events:,} events, {os.cpu_count()} cores, load and verify in seconds, append in events a second\n")
    print(f"{'':<20}{'without':>10}{'with':>10}{'ratio':>8}{'limit':>8}")
    over = 0
    for name, without, with_it, ratio in table:
        limit = LIMITS.get(name)
        if limit is not None:
            over += ratio > limit if name.startswith("verify") else ratio < limit
        print(f"{name:<20}{without:>10.2f}{with_it:>10.2f}{ratio:>8.2f}{limit or '':>8}")
    return int(over > 0 and "--assert" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
