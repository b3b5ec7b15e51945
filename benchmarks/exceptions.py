"""Finding exceptions among many, side by side with what one could do instead. What counts are ratios.

  order …, page N    a page far behind against the first one, by keyset, in the scope of the largest tenant: what
                     decides is time in the database. Beside them the same page by OFFSET, and by the comparison
                     spelled with OR. Limit: 1.2 times the first page.
  filter …           the first page of a filter against the first page of all. Limit: 5 times.
  connect            open a database and list the newest 50, against psql doing the same with the same SQL, each
                     without the start of its process. Limit: 2 times.
  stats              counts of one tenant by severity and status against the plain SQL of a superuser. Limit: 1.5 times.
  count              an exact count of a tenant against one that stops at 10,001.
  export             every row of a tenant as JSON lines against COPY of the same columns.
  search             looking at as many rows as one page may, against the first page.

COUNT=10000000 chooses the number of exceptions, which are seeded with their events over a year, over 50 tenants of
which the largest has more than a fifth. ROUNDS=200 chooses how often a page is read. --assert exits 1 over a limit. The
server is one of its own, in a temporary place (BENCH_DIR), and goes with it; fsync is as the embedded server has it.
Ten million take about 45 GB and a quarter of an hour on two cores.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event, func, or_, select, text

from sentinai_cli.db.driver import driver
from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.schema import exception
from sentinai_cli.db.work import Work
from sentinai_cli.models.database import Environment
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey, ExceptionSummary, Severity, Sort, Status
from sentinai_cli.models.operation_context import OperationContext
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.render.document import encode
from sentinai_cli.services.exception import list_exceptions, stream_exceptions
from sentinai_cli.services.seed import seed

COUNT = int(os.environ.get("COUNT", "200000"))
ROUNDS = int(os.environ.get("ROUNDS", "200"))
TENANTS, PAGE, FAR = 50, 50, 10_000
DAYS = 365
NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
SCOPE = TenantScope("T-01")
EVERYTHING = ExceptionFilter()
LIMITS = {"order": 1.2, "filter": 5.0, "connect": 2.0, "stats": 1.5}
COLUMNS = ", ".join(ExceptionSummary.model_fields)
Line = tuple[str, float, float, str]


def sizes() -> dict[str, int]:
    """How many exceptions each tenant has, one half of the first, a third, … of COUNT in all."""
    parts = sum(1 / rank for rank in range(1, TENANTS + 1))
    return {f"T-{rank:02d}": max(1, round(COUNT / rank / parts)) for rank in range(1, TENANTS + 1)}


def build(database: Database) -> None:
    """Seed the tenants: brief histories, and whole ones with owners and playbooks for one in a hundred."""
    for tenant_id, count in sizes().items():
        whole = max(20, count // 100)
        for scenario, part in (("load", count - whole), ("default", whole)):
            request = SeedRequest(
                scenario=scenario, seed=1, tenant_ids=(tenant_id,), count=part, domain="Finance", as_of=NOW, days=DAYS
            )
            seed(database, request, embedded=True, now=NOW, say=lambda _: None, advance=lambda _: None)
    with database.direct() as admin:
        admin.execute("VACUUM (ANALYZE) exception, exception_event")


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one run."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def together(*works: Callable[[], object], rounds: int) -> list[float]:
    """The median of each, run in turns so that a busy machine slows them alike."""
    taken = [[timed(work) for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def in_database(work: Work, chosen: ExceptionFilter, after: ExceptionKey | None, sort: Sort) -> Callable[[], object]:
    """Run again what a page runs, without making models of the rows, which costs the same for each."""
    seen: list[tuple[str, Any]] = []

    def look(*arguments: Any) -> None:
        seen.append((arguments[2], arguments[3]))

    event.listen(work.connection, "before_cursor_execute", look)
    work.exceptions.page(chosen, after=after, limit=PAGE, sort=sort)
    event.remove(work.connection, "before_cursor_execute", look)
    bare = driver(work.connection)
    return lambda: [bare.execute(statement, parameters).fetchall() for statement, parameters in seen]


def orders(work: Work) -> Iterator[Line]:
    """Each order: the first page, one far behind, and the same in other ways."""
    page_no = min(FAR, sizes()[SCOPE.tenant_id] // PAGE - 1)
    for sort in Sort:
        after = None
        for _ in range(page_no // 20):  # as a reader gets there, in larger steps
            after = ExceptionKey.of(work.exceptions.page(EVERYTHING, after=after, limit=PAGE * 20, sort=sort)[-1])
        first, far = together(
            in_database(work, EVERYTHING, None, sort), in_database(work, EVERYTHING, after, sort), rounds=ROUNDS
        )
        yield f"order {sort}, page {page_no // 20 * 20:,}", first, far, "order"
        if sort is Sort.CREATED:
            assert after is not None
            yield from instead(work, after, page_no // 20 * 20 * PAGE, first)


def instead(work: Work, after: ExceptionKey, rows: int, first: float) -> Iterator[Line]:
    """The far page by OFFSET, and by a comparison spelled with OR."""
    columns = [exception.c[name] for name in ExceptionSummary.model_fields]
    newest = (
        select(*columns)
        .where(exception.c.tenant_id == SCOPE.tenant_id)
        .order_by(exception.c.created_at.desc(), exception.c.exception_id.desc())
        .limit(PAGE)
    )
    spelled = newest.where(
        or_(
            exception.c.created_at < after.created_at,
            (exception.c.created_at == after.created_at) & (exception.c.exception_id < after.exception_id),
        )
    )
    for name, query in (("  the same by OFFSET", newest.offset(rows)), ("  the same by OR", spelled)):
        (taken,) = together(lambda: work.connection.execute(query).all(), rounds=5)  # noqa: B023
        yield name, first, taken, ""


def rarest(work: Work, column: str) -> str:
    """The value that the fewest of the tenant's exceptions have, which an index has to look for the longest."""
    own = exception.c[column]
    counted = select(own).where(exception.c.tenant_id == SCOPE.tenant_id, own.is_not(None)).group_by(own)
    return str(work.connection.scalars(counted.order_by(func.count(), own).limit(1)).one())


def filters(work: Work) -> Iterator[Line]:
    """First pages of what indexes answer."""
    chosen = {
        "status, severity": ExceptionFilter(statuses=(Status.ESCALATED,), severities=(Severity.CRITICAL,)),
        "type": ExceptionFilter(types=(rarest(work, "type"),)),
        "source": ExceptionFilter(sources=(rarest(work, "source_system"),)),
        "entity": ExceptionFilter(entities=(rarest(work, "entity"),)),
        "owner": ExceptionFilter(owners=(rarest(work, "owner"),)),
        "last day": ExceptionFilter(since=NOW - timedelta(days=1)),
        "breached": ExceptionFilter(unresolved=True, due_until=NOW),
        "due in 2 h": ExceptionFilter(unresolved=True, due_since=NOW, due_until=NOW + timedelta(hours=2)),
        "playbook": ExceptionFilter(
            unresolved=True, playbooks=(rarest(work, "current_playbook_id"),), playbook_open=True
        ),
    }
    for name, one in chosen.items():
        sort = Sort.DEADLINE if one.due_until else Sort.CREATED
        plain, taken = together(
            in_database(work, EVERYTHING, None, Sort.CREATED),
            in_database(work, one, None, sort),
            rounds=max(10, ROUNDS // 4),
        )
        yield f"filter {name}", plain, taken, "filter"


def wholes(database: Database, work: Work) -> Iterator[Line]:
    """What reads all of a tenant, or as much as it may."""
    keys = [exception.c.tenant_id, exception.c.type, exception.c.status, exception.c.severity]
    plain = (
        f"SELECT type, status, severity, count(*) FROM exception WHERE tenant_id = '{SCOPE.tenant_id}' GROUP BY 1, 2, 3"
    )
    with database.direct() as admin:
        by_hand, stats = together(
            lambda: admin.execute(plain.encode()).fetchall(), lambda: work.exceptions.groups(EVERYTHING), rounds=7
        )
        yield "stats", by_hand, stats, "stats"
        few = select(func.count()).select_from(
            select(keys[0]).where(keys[0] == SCOPE.tenant_id).limit(10_001).subquery()
        )
        capped, exact = together(
            lambda: work.connection.execute(few).scalar_one(), lambda: work.exceptions.count(EVERYTHING), rounds=7
        )
        yield "count", capped, exact, ""
        copied, exported = together(lambda: copy(admin), lambda: export(database), rounds=3)
        yield "export", copied, exported, ""
    first, looked = together(
        lambda: list_exceptions(database, SCOPE, EVERYTHING, limit=PAGE),
        lambda: list_exceptions(database, SCOPE, ExceptionFilter(search="there is no such text"), limit=PAGE),
        rounds=3,
    )
    yield "search", first, looked, ""


def copy(admin: psycopg.Connection) -> None:
    query = f"COPY (SELECT {COLUMNS} FROM exception WHERE tenant_id = '{SCOPE.tenant_id}') TO STDOUT"
    with admin.cursor().copy(query.encode()) as rows:
        for _ in rows:
            pass


def export(database: Database) -> None:
    for row in stream_exceptions(database, SCOPE, EVERYTHING):
        encode(row.model_dump(mode="json"))


def connect(server: EmbeddedServer, url: Database) -> Line:
    """The newest 50 with a connection of its own, by us and by psql."""
    query = f"""
        BEGIN READ ONLY; SET LOCAL ROLE sentinai_app; SET LOCAL sentinai.tenant_id = '{SCOPE.tenant_id}';
        SELECT {COLUMNS} FROM exception WHERE tenant_id = '{SCOPE.tenant_id}'
        ORDER BY created_at DESC, exception_id DESC LIMIT {PAGE}; COMMIT
    """
    psql, info = str(server.binary("psql")), url.url.conninfo()
    target = " ".join(f"{name}='{value}'" for name, value in info.items())

    def run(*words: str) -> None:
        subprocess.run([psql, *words], check=True, capture_output=True, env={"PATH": os.environ["PATH"]})

    def ours() -> None:
        opened = Database(url.url, context=context(), private=True)
        list_exceptions(opened, SCOPE, EVERYTHING, limit=PAGE)
        opened.close()

    started, asked, listed = together(
        lambda: run("--version"), lambda: run("-X", "-q", "-d", target, "-c", query), ours, rounds=25
    )
    return "connect", asked - started, listed, "connect"


def context() -> OperationContext:
    return OperationContext(
        command="bench", arguments={}, actor="bench", reason=None, started_at=datetime.now(UTC), tool_version="0"
    )


def measure(server: EmbeddedServer) -> list[Line]:
    bare = Database(server.ensure(), context=context(), private=True)
    with bare.direct() as admin:
        admin.execute("CREATE DATABASE found")
    database = Database(replace(bare.url, database="found"), context=context(), private=True)
    bare.close()
    upgrade(database, say=lambda _: None, environment=Environment.DEVELOPMENT)
    print(f"{COUNT:,} exceptions, {os.cpu_count()} cores, ", end="", flush=True)
    took = timed(lambda: build(database)) / 1000
    with database.direct() as admin:
        row = admin.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()
    print(f"seeded in {took:.0f} s, {row[0] if row else '?'}; the largest tenant has {sizes()[SCOPE.tenant_id]:,}\n")
    lines = [connect(server, database)]
    with database.begin(SCOPE, read_only=True) as work:
        driver(work.connection).prepare_threshold = None
        work.connection.execute(text("SET LOCAL statement_timeout = 0"))
        lines += [*orders(work), *filters(work), *wholes(database, work)]
    database.close()
    return lines


def main() -> int:
    place = Path(tempfile.mkdtemp(prefix="sentinai-bench-", dir=os.environ.get("BENCH_DIR", "/tmp")))
    place.chmod(0o755)
    server = EmbeddedServer(place / "home")
    try:
        lines = measure(server)
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
    print(f"{'milliseconds':<28}{'beside':>12}{'ours':>12}{'ratio':>9}{'limit':>8}")
    over = 0
    for name, beside, ours, kind in lines:
        limit = LIMITS.get(kind)
        over += limit is not None and ours / beside > limit
        print(f"{name:<28}{beside:>12.2f}{ours:>12.2f}{ours / beside:>9.2f}{limit or '':>8}")
    return int(over > 0 and "--assert" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
