"""Seeding, side by side: the same rows by every way in, each into a fresh copy of the same migrated database.

Baseline 1.0 is COPY of the rows as finished text, hashes included, by the superuser on one connection, blocks of 4096
exceptions with their events in a transaction. Everything else is end to end: a fresh `sentinai seed` process from its
start to its end. One HTTP request for each record goes to part/service.py, which is made of what the platform is.
All ways get the same rows, the slow ones the first 100 000 of them at most, and are compared by rows per second.

    python benchmarks/seed.py                  100 000 exceptions and about 310 000 events, some ten minutes
    python benchmarks/seed.py --part           a few rows by the slow ways, which empty tables flatter; two minutes
    python benchmarks/seed.py --ours           without the ways of others
    python benchmarks/seed.py --ours --count 1000000    some ten minutes on two cores
    python benchmarks/seed.py --small          20 000, to see that it runs
    python benchmarks/seed.py --assert         exit 1 when a ratio is below its limit

Besides: processor time of the generator alone, which other work on the machine disturbs little, the most memory that
was resident, and how long it takes to find that there is nothing to do.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import psutil
import psycopg
from faker import Faker
from sqlalchemy import Engine, MetaData, create_engine
from sqlalchemy.orm import Session, registry

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.repositories.bulk_load import copy_straight
from sentinai_cli.db.repositories.copy_text import EXCEPTION, CopyText, copy_text
from sentinai_cli.db.schema import exception, exception_event
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.operation_context import OperationContext
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.generate import generate, prepare
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import BLOCK, SeedPlan
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.pack_activation import active_packs
from sentinai_cli.services.seed import seed
from sentinai_cli.services.seed_plan import plan_run

ROOT = Path(__file__).parent.parent
TENANT = "TENANT_FINANCE_001"
AS_OF = "2026-11-20T09:00:00Z"
LIMITS = {"one worker": 0.75, "default workers": 0.75, "staging": 0.6}
LARGE = {"one worker": 0.85, "default workers": 1.1, "staging": 0.6}
AGAINST = {
    "one HTTP request each": 40,
    "one bare HTTP request each": None,
    "SQLAlchemy add_all": 5,
    "Faker per field, executemany": 8,
}
MEMORY_LIMIT_MB = 250

ALWAYS = ("COPY of finished text", "default workers")

Way = Callable[[Any], int]


def context() -> OperationContext:
    return OperationContext(
        command="benchmark",
        arguments={},
        actor="benchmark",
        reason=None,
        started_at=datetime.now(UTC),
        tool_version="0",
    )


def request(count: int) -> SeedRequest:
    return SeedRequest(
        scenario="load",
        seed=1,
        tenant_ids=(TENANT,),
        count=count,
        domain=None,
        as_of=datetime.fromisoformat(AS_OF),
    )


def make_template(url: DatabaseUrl) -> str:
    """A migrated database with the tenant and its packs, and no exception."""
    with connect(url) as admin:
        admin.execute("CREATE DATABASE bench_template")
    database = Database(replace(url, database="bench_template"), context=context())
    upgrade(database, say=lambda _: None, environment=Environment.DEVELOPMENT)
    seed(database, request(0), embedded=True, now=datetime.now(UTC), say=lambda _: None, advance=lambda _: None)
    database.close()
    return "bench_template"


def planned(url: DatabaseUrl, count: int) -> tuple[SeedPlan, PackDecisions]:
    database = Database(url, context=context())
    active = active_packs(database, TENANT)
    assert active is not None
    wanted = request(count)
    with database.begin(TenantScope(TENANT), read_only=True) as work:
        assert wanted.as_of is not None
        made = plan_run(work, Library.read(bundled("seeds")), wanted, active, as_of=wanted.as_of)
    database.close()
    return made.plan, PackDecisions(made.domain_pack, made.policy_pack, remembers=False)


def connect(url: DatabaseUrl) -> psycopg.Connection:
    return psycopg.connect(**url.conninfo(), autocommit=True)  # type: ignore[arg-type]


@contextmanager
def fresh(url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    name = f"bench_{uuid4().hex}"
    with connect(url) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE bench_template")
        admin.execute("CHECKPOINT")
        yield replace(url, database=name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def peak_of(process: subprocess.Popen[bytes]) -> float:
    """The most that the process and its children had resident at once, in MB; what they share is counted for each."""
    most = 0.0
    while process.poll() is None:
        try:
            parent = psutil.Process(process.pid)
            family = [parent, *parent.children(recursive=True)]
            most = max(most, sum(member.memory_info().rss for member in family) / 1e6)
        except psutil.Error:
            pass
        time.sleep(0.25)
    return most


def by_command(count: int, *words: str, peaks: list[float] | None = None) -> Way:
    def run(url: DatabaseUrl) -> int:
        program = str(Path(sys.executable).parent / "sentinai")
        line = [
            program,
            "seed",
            "--scenario",
            "load",
            "--tenant",
            TENANT,
            "--count",
            str(count),
            "--as-of",
            AS_OF,
            *words,
        ]
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "DATABASE_URL": url.text, "HOME": "/nonexistent"}
        with subprocess.Popen([*line, "-q"], env=environment, stdout=subprocess.DEVNULL) as process:
            most = peak_of(process)
        if process.returncode:
            raise SystemExit(f"{' '.join(line)} ended with {process.returncode}")
        if peaks is not None:
            peaks.append(most)
        return count

    return run


def repeated(url: DatabaseUrl, count: int) -> tuple[float, float]:
    """Seconds of a first run with the default workers, and of the same command once more."""
    run = by_command(count)
    with fresh(url) as own:
        began = time.perf_counter()
        run(own)
        between = time.perf_counter()
        run(own)
        return between - began, time.perf_counter() - between


def generated(plan: SeedPlan, decisions: PackDecisions, count: int) -> float:
    """Microseconds of processor time that one exception takes to be generated, with its events, and to be rendered."""
    records = prepare(plan, decisions, 1, count + 1)
    began = time.process_time()
    while chunk := list(islice(records, 1024)):
        copy_text(TENANT, chunk)
    return (time.process_time() - began) / count * 1e6


def by_copy(rows: list[Path], count: int) -> Way:
    def run(url: DatabaseUrl) -> int:
        with connect(url) as connection:
            for part in rows:
                exceptions, events = (part / "exceptions").read_text(), (part / "events").read_text()
                with connection.transaction():
                    copy_straight(connection, CopyText(0, exceptions, events))
        return count

    return run


class Row:
    """What the mapped classes share."""

    def __init__(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)


def mapped() -> tuple[type[Row], type[Row]]:
    """The two tables as classes of SQLAlchemy's ORM."""
    mapping = registry(metadata=MetaData())
    classes = type("Exceptions", (Row,), {}), type("Events", (Row,), {})
    for own, table in zip(classes, (exception, exception_event), strict=True):
        mapping.map_imperatively(own, table)
    return classes


def engine_of(url: DatabaseUrl) -> Engine:
    return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(**url.conninfo()))  # type: ignore[arg-type]


def by_orm(plan: SeedPlan, decisions: PackDecisions, count: int) -> Way:
    exceptions, events = mapped()

    def run(url: DatabaseUrl) -> int:
        engine = engine_of(url)
        with Session(engine) as session:
            for _ in range(0, count, 1000):
                records = list(islice(made, 1000))
                session.add_all([exceptions(**columns(record)) for record in records])
                session.flush()
                session.add_all([events(**values) for record in records for values in events_of(record)])
                session.flush()
                session.expunge_all()
            session.commit()
        engine.dispose()
        return count

    made = iter(list(generate(plan, decisions, 1, count + 1)))
    return run


def columns(record: Any) -> dict[str, object]:
    names = [name.strip() for name in EXCEPTION.split(",")]
    special = {"last_event_no": len(record.events), "last_event_hash": record.events[-1].hash}
    return {name: special.get(name, getattr(record, name, None)) for name in names}


def events_of(record: Any) -> list[dict[str, object]]:
    shared = {"tenant_id": record.tenant_id, "exception_id": record.exception_id}
    names = ("event_no", "event_id", "payload", "created_at", "actor_id", "leaf", "hash")
    return [
        shared
        | {name: getattr(event, name) for name in names}
        | {"event_type": event.event_type.value, "actor_type": event.actor_type.value}
        for event in record.events
    ]


def by_faker(plan: SeedPlan, decisions: PackDecisions, count: int) -> Way:
    """A field at a time from Faker, a thousand rows a statement, as generators usually do."""
    fake = Faker()
    fake.seed_instance(1)
    made = iter(list(generate(plan, decisions, 1, count + 1)))
    names = [name.strip() for name in EXCEPTION.split(",")]
    own = ("entity", "owner", "source_system")

    def run(url: DatabaseUrl) -> int:
        places = ", ".join(["%s"] * len(names))
        statement = f"INSERT INTO exception ({EXCEPTION}) VALUES ({places})"
        with connect(url) as connection, connection.transaction(), connection.cursor() as cursor:
            for _ in range(0, count, 1000):
                records = list(islice(made, 1000))
                rows = []
                for record in records:
                    values = columns(record) | {name: fake.company() for name in own}
                    values["raw_payload"] = {name: fake.word() for name in record.raw_payload} | {"who": fake.name()}
                    rows.append([_adapted(values[name]) for name in names])
                cursor.executemany(statement, rows)
                told = [values for record in records for values in events_of(record)]
                keys = list(told[0])
                cursor.executemany(
                    f"INSERT INTO exception_event ({', '.join(keys)}) VALUES ({', '.join(['%s'] * len(keys))})",
                    [[_adapted(values[key]) for key in keys] for values in told],
                )
        return count

    return run


def _adapted(value: object) -> object:
    from psycopg.types.json import Jsonb

    return Jsonb(value) if isinstance(value, dict) else value


@contextmanager
def serving(handle: Callable[[bytes], None]) -> Iterator[httpx.Client]:
    """A keep-alive client of a server that hands on the body of each request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            handle(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}") as client:
        yield client
    server.shutdown()


@contextmanager
def platform(url: DatabaseUrl) -> Iterator[httpx.Client]:
    """A keep-alive client of part/service.py, which runs as a process of its own and has answered once.

    It binds its port itself: on a socket that it inherits it leaves Nagle's algorithm on, for 20 answers a second.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "uvicorn", "--app-dir", str(ROOT), "--port", str(port), "--log-level", "warning"]
    own = {**os.environ, "DATABASE_URL": url.text}
    with subprocess.Popen([*line, "benchmarks.part.service:app"], env=own) as service:
        try:
            retrying = httpx.HTTPTransport(retries=8)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, transport=retrying) as client:
                client.get("/health").raise_for_status()
                yield client
        finally:
            service.terminate()


def by_http(plan: SeedPlan, decisions: PackDecisions, count: int) -> Way:
    """One request for each record, no sleeps, to a service of what the platform is built of."""
    made = list(generate(plan, decisions, 1, count + 1))
    headers = {"Content-Type": "application/json"}

    def run(client: httpx.Client) -> int:
        for record in made:
            told = {"exception": columns(record), "events": events_of(record)}
            body = orjson.dumps(told, default=_for_json)
            client.post(f"/api/exceptions/{TENANT}", content=body, headers=headers).raise_for_status()
        return count

    return run


def _for_json(value: object) -> str:
    return b64encode(value).decode() if isinstance(value, bytes) else str(value)


def by_bare_http(plan: SeedPlan, decisions: PackDecisions, count: int) -> Way:
    """One request for each record to a server that has its rows ready: nothing but the request and the transaction."""
    made = [copy_text(TENANT, [record]) for record in prepare(plan, decisions, 1, count + 1)]

    def run(url: DatabaseUrl) -> int:
        with connect(url) as connection:

            def handle(body: bytes) -> None:
                with connection.transaction():
                    copy_straight(connection, made[int(body)])

            with serving(handle) as client:
                for number in range(count):
                    client.post("/", content=str(number)).raise_for_status()
        return count

    return run


def rendered(plan: SeedPlan, decisions: PackDecisions, place: Path) -> list[Path]:
    parts: list[Path] = []
    records = iter(prepare(plan, decisions))
    while block := list(islice(records, BLOCK)):
        part = place / f"{len(parts):06d}"
        part.mkdir()
        text = copy_text(TENANT, block)
        (part / "exceptions").write_text(text.exceptions)
        (part / "events").write_text(text.events)
        parts.append(part)
    return parts


def timed(url: DatabaseUrl, name: str, way: Way) -> tuple[float, int, str]:
    """Seconds, exceptions and the digest of what is in the tables then. What a way needs is there before it counts."""
    with fresh(url) as own:
        with AROUND.get(name, nullcontext)(own) as place:
            began = time.perf_counter()
            count = way(place)
            seconds = time.perf_counter() - began
        with connect(own) as admin:
            row = admin.execute(
                "SELECT count(*), md5(string_agg(exception_id || encode(last_event_hash, 'hex'), ''"
                " ORDER BY exception_id)) FROM exception"
            ).fetchone()
        assert row is not None
        assert row[0] == count, f"{row[0]} of {count}"
        return seconds, count, row[1]


AROUND: dict[str, Callable[[DatabaseUrl], AbstractContextManager[Any]]] = {"one HTTP request each": platform}
"""What is given to a way instead of the database."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--ours", action="store_true", help="leave out the ways of others")
    parser.add_argument("--only", metavar="WAY", action="append", help="beside COPY and the default, these ways alone")
    parser.add_argument("--part", action="store_true", help="give the ways of others a few rows only")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--assert", dest="strict", action="store_true")
    asked = parser.parse_args()
    count = 20_000 if asked.small else asked.count
    few, fewer = (min(count, most) for most in ((5_000, 2_000) if asked.part else (100_000, 100_000)))
    place = Path(tempfile.mkdtemp(prefix="sentinai-bench-", dir="/tmp"))
    place.chmod(0o755)
    server = EmbeddedServer(place / "home")
    url = server.ensure()
    try:
        make_template(url)
        with fresh(url) as own:
            plan, decisions = planned(own, count)
        rows = place / "rows"
        rows.mkdir()
        parts = rendered(plan, decisions, rows)
        peaks: list[float] = []
        ways: dict[str, Callable[[], Way]] = {
            "COPY of finished text": lambda: by_copy(parts, count),
            "one worker": lambda: by_command(count, "--workers", "1", peaks=peaks),
            "default workers": lambda: by_command(count, peaks=peaks),
            "staging": lambda: by_command(count, "--workers", "1", "--staging"),
            "SQLAlchemy add_all": lambda: by_orm(plan, decisions, few),
            "Faker per field, executemany": lambda: by_faker(plan, decisions, few),
            "one HTTP request each": lambda: by_http(plan, decisions, fewer),
            "one bare HTTP request each": lambda: by_bare_http(plan, decisions, fewer),
        }
        if asked.only:
            ways = {name: way for name, way in ways.items() if name in (*ALWAYS, *asked.only)}
        if asked.ours:
            ways = {name: way for name, way in ways.items() if name not in AGAINST}
        failed = report(url, ways, count, peaks, rounds=asked.rounds)
        first, again = repeated(url, count)
        failed += again > first
        print(f"first run {first:.1f} s, once more {again:.1f} s: nothing to do may not take longer")
        print(
            f"generated and rendered: {generated(plan, decisions, min(count, 50_000)):.1f} us of processor an exception"
        )
        return int(failed > 0 and asked.strict)
    finally:
        server.stop()
        subprocess.run(["rm", "-rf", str(place)], check=False)


def report(
    url: DatabaseUrl,
    ways: dict[str, Callable[[], Way]],
    count: int,
    peaks: list[float],
    *,
    rounds: int,
) -> int:
    """Print all ratios; how many are beyond their limits."""
    best: dict[str, float] = {}
    digests: dict[str, str] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds, done, digest = timed(url, name, way())
            best[name] = min(best.get(name, 1e9), seconds / done)
            if done == count:
                digests[name] = digest
    base, limits = best["COPY of finished text"], LARGE if count >= 1_000_000 else LIMITS
    print(f"{count:,} exceptions, the best of {rounds} interleaved round(s), {os.cpu_count()} cores\n")
    print(f"{'way':<32}{'exceptions/s':>14}{'ratio':>8}{'limit':>8}")
    failed = 0
    for name, seconds in best.items():
        ratio, limit = base / seconds, limits.get(name)
        failed += limit is not None and ratio < limit
        print(f"{name:<32}{1 / seconds:>14,.0f}{ratio:>8.2f}{limit or '':>8}")
    print()
    for name, limit in AGAINST.items():
        if name not in best:
            continue
        times = best[name] / best["default workers"]
        failed += limit is not None and times < limit
        print(f"default workers against {name:<32}{times:>8.1f}x" + (f", at least {limit}x" if limit else ""))
    same = len(set(digests.values())) == 1
    failed += not same or max(peaks) > MEMORY_LIMIT_MB
    print(f"peak memory {max(peaks):.0f} MB, at most {MEMORY_LIMIT_MB} MB")
    print(f"digests of {', '.join(digests)}: {'equal' if same else 'DIFFER'}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
