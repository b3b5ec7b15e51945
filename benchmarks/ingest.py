"""Ingesting, side by side: the same exceptions from a file of JSON lines and as finished rows by COPY.

Baseline 1.0 is COPY of the rows as text, ids and hashes included, by the superuser on one connection, a chunk of 2048
exceptions with their two events each in a transaction, into a fresh copy of the same migrated database. Ingesting is a
fresh process from its start to its end. Ingesting the same file again reads and compares everything and writes nothing.

    python benchmarks/ingest.py                   100 000 records, 3 rounds
    python benchmarks/ingest.py --count 1000000 --rounds 1
    python benchmarks/ingest.py --small           10 000, to see that it runs
    python benchmarks/ingest.py --assert          exit 1 when the ratio is below its limit
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from uuid import uuid4

import orjson
import psutil
import psycopg

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.repositories.bulk_load import copy_straight
from sentinai_cli.db.repositories.copy_text import EVENT, EXCEPTION, CopyText
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.operation_context import OperationContext
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.generate import prepare
from sentinai_cli.seeding.library import Library
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.exception_ingest import CHUNK
from sentinai_cli.services.pack_activation import active_packs
from sentinai_cli.services.seed import seed
from sentinai_cli.services.seed_plan import plan_run

TENANT = "TENANT_FINANCE_001"
AS_OF = datetime(2026, 11, 20, 9, tzinfo=UTC)
LIMIT = 0.45
MEMORY_LIMIT_MB = 250
TEMPLATE = "bench_template"


def context() -> OperationContext:
    return OperationContext(
        command="benchmark", arguments={}, actor="benchmark", reason=None, started_at=AS_OF, tool_version="0"
    )


def request(count: int) -> SeedRequest:
    return SeedRequest(scenario="load", seed=1, tenant_ids=(TENANT,), count=count, domain=None, as_of=AS_OF)


def make_template(url: DatabaseUrl) -> None:
    """A migrated database with the tenant and its packs, and no exception."""
    with connect(url) as admin:
        admin.execute(f"CREATE DATABASE {TEMPLATE}")
    database = Database(replace(url, database=TEMPLATE), context=context())
    upgrade(database, say=lambda _: None, environment=Environment.DEVELOPMENT)
    seed(database, request(0), embedded=True, now=AS_OF, say=lambda _: None, advance=lambda _: None)
    database.close()


def write_records(url: DatabaseUrl, count: int, file: Path) -> None:
    """The records that a seed run would make, as an export writes them."""
    database = Database(url, context=context())
    active = active_packs(database, TENANT)
    assert active is not None
    with database.begin(TenantScope(TENANT), read_only=True) as work:
        made = plan_run(work, Library.read(bundled("seeds")), request(count), active, as_of=AS_OF)
    database.close()
    with file.open("wb") as out:
        for one in prepare(made.plan, PackDecisions(made.domain_pack, made.policy_pack)):
            record = {
                "exceptionId": one.exception_id,
                "tenantId": one.tenant_id,
                "sourceSystem": one.source_system,
                "exceptionType": one.type,
                "severity": one.severity,
                "timestamp": one.created_at,
                "domain": one.domain,
                "entity": one.entity,
                "amount": one.amount,
                "currency": one.currency,
                "slaDeadline": one.sla_deadline,
                "rawPayload": orjson.loads(one.raw_payload),
                "normalizedContext": orjson.loads(one.normalized_context),
            }
            out.write(orjson.dumps(record) + b"\n")


def connect(url: DatabaseUrl) -> psycopg.Connection:
    return psycopg.connect(**url.conninfo(), autocommit=True)  # type: ignore[arg-type]


@contextmanager
def fresh(url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    name = f"bench_{uuid4().hex}"
    with connect(url) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        admin.execute("CHECKPOINT")
        yield replace(url, database=name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def render_rows(url: DatabaseUrl) -> list[CopyText]:
    """The rows that an ingest left, as COPY takes them, a chunk at a time."""
    with connect(url) as reader, reader.cursor() as cursor:
        with cursor.copy(
            f"COPY (SELECT {EXCEPTION} FROM exception ORDER BY created_at, exception_id) TO STDOUT"
        ) as rows:
            exceptions = [bytes(row).decode() for row in rows]
        events: dict[str, list[str]] = {}
        with cursor.copy(
            f"COPY (SELECT {EVENT} FROM exception_event ORDER BY exception_id, event_no) TO STDOUT"
        ) as rows:
            for row in rows:
                text = bytes(row).decode()
                events.setdefault(text.split("\t", 2)[1], []).append(text)
    chunks = []
    source = iter(exceptions)
    while chunk := list(islice(source, CHUNK)):
        own = [event for row in chunk for event in events[row.split("\t", 2)[1]]]
        chunks.append(CopyText(len(chunk), "".join(chunk), "".join(own)))
    return chunks


def by_copy(url: DatabaseUrl, chunks: list[CopyText]) -> float:
    began = time.perf_counter()
    with connect(url) as connection:
        for chunk in chunks:
            with connection.transaction():
                copy_straight(connection, chunk)
    return time.perf_counter() - began


def by_ingest(url: DatabaseUrl, file: Path, count: int, outcome: str, peaks: list[float]) -> float:
    """Seconds of a process; all records must have come to one outcome."""
    program = str(Path(sys.executable).parent / "sentinai")
    line = [program, "exceptions", "ingest", str(file), "--tenant", TENANT, "-q", "-o", "json"]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "DATABASE_URL": url.text, "HOME": "/nonexistent"}
    began = time.perf_counter()
    with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, cwd=file.parent) as process:
        watch = threading.Thread(target=lambda: peaks.append(peak_of(process)))
        watch.start()
        out, _ = process.communicate()
        taken = time.perf_counter() - began
        watch.join()
    assert process.returncode == 0, out
    assert orjson.loads(out)[outcome] == count, out
    return taken


def peak_of(process: subprocess.Popen[bytes]) -> float:
    """The most that the process had resident, in MB."""
    most = 0.0
    while process.poll() is None:
        try:
            most = max(most, psutil.Process(process.pid).memory_info().rss / 1e6)
        except psutil.Error:
            break
        time.sleep(0.1)
    return most


def measure(url: DatabaseUrl, count: int, rounds: int, place: Path) -> int:
    """Print the table; how many figures are beyond their limits."""
    file = place / "records.jsonl"
    make_template(url)
    with fresh(url) as made:
        write_records(made, count, file)
    copied, ingested, again = [], [], []
    peaks: list[float] = []
    with fresh(url) as made:
        by_ingest(made, file, count, "created", [])
        chunks = render_rows(made)
    for _ in range(rounds):
        with fresh(url) as made:
            copied.append(by_copy(made, chunks))
        with fresh(url) as made:
            ingested.append(by_ingest(made, file, count, "created", peaks))
            again.append(by_ingest(made, file, count, "unchanged", peaks))
    base = statistics.median(copied)
    print(f"{count:,} records of {file.stat().st_size / count:.0f} bytes, {os.cpu_count()} cores, {rounds} rounds\n")
    print(f"{'':<16}{'seconds':>9}{'a second':>11}{'ratio':>8}{'limit':>8}")
    for name, seconds, limit in (
        ("COPY", copied, None),
        ("ingest", ingested, LIMIT),
        ("ingest again", again, None),
    ):
        taken = statistics.median(seconds)
        print(f"{name:<16}{taken:>9.2f}{count / taken:>11,.0f}{base / taken:>8.2f}{limit or '':>8}")
    print(f"\nat most {max(peaks):.0f} MB, limit {MEMORY_LIMIT_MB}")
    return int(base / statistics.median(ingested) < LIMIT) + int(max(peaks) > MEMORY_LIMIT_MB)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--count", type=int, default=100_000)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--small", action="store_true")
    words.add_argument("--assert", dest="strict", action="store_true")
    given = words.parse_args()
    place = Path(tempfile.mkdtemp(prefix="sentinai-bench-", dir="/tmp"))
    place.chmod(0o755)
    embedded = EmbeddedServer(place / "home")
    try:
        beyond = measure(embedded.ensure(), 10_000 if given.small else given.count, given.rounds, place)
    finally:
        embedded.stop()
        shutil.rmtree(place, ignore_errors=True)
    return int(beyond > 0 and given.strict)


if __name__ == "__main__":
    sys.exit(main())
