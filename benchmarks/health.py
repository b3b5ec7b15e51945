"""How long `sentinai health` and `sentinai status` take on a large database, and whether that depends on its rows.

    python benchmarks/health.py [COUNT] [--assert]

COUNT exceptions (200,000 without it; 10,000,000 is what the limits are promised for), an event each, are made by the
server for fifty tenants of unequal size. Each command runs as a process of its own, five times; the median counts.
The limits are seconds, and how many times longer it may take than on a database of 2,000 rows.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.models.database import Environment
from sentinai_cli.models.operation_context import OperationContext

FEW, TENANTS, ROUNDS = 2_000, 50, 5
COMMANDS = {"health": ["health", "-o", "json"], "status": ["status", "-o", "json"]}
LIMITS = {"health": (2.0, 2.5), "status": (0.5, 1.6)}

_TENANTS = """
    INSERT INTO tenant (tenant_id, name, domain)
    SELECT 'BENCH_' || n, 'Bench ' || n, 'Finance' FROM generate_series(1, %(tenants)s) AS n ON CONFLICT DO NOTHING
"""
_EXCEPTIONS = """
    INSERT INTO exception (
        tenant_id, exception_id, domain, type, severity, status, source_system, entity, amount, currency, sla_deadline,
        owner, raw_payload, normalized_context, source_digest, created_at, updated_at, resolved_at, last_event_no,
        last_event_hash)
    SELECT 'BENCH_' || tenant, 'EX-' || lpad(n::text, 9, '0'), 'Finance', 'TYPE_' || n %% 7,
           (ARRAY['low', 'medium', 'high', 'critical'])[1 + n %% 4], state, 'SOURCE_' || n %% 11, 'ACC-' || n %% 5000,
           n %% 100000, 'EUR', made + interval '8 hours', CASE WHEN n %% 3 = 0 THEN 'desk-' || n %% 9 END,
           jsonb_build_object('number', n, 'text', repeat('x', 120)), '{}', decode(repeat('00', 32), 'hex'), made, made,
           CASE state WHEN 'resolved' THEN made + interval '1 hour' END, 1, decode(repeat('00', 32), 'hex')
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
         LATERAL (SELECT 1 + floor(%(tenants)s * power(hashint8(n)::float / 4294967296 + 0.5, 3))::int) AS t(tenant),
         LATERAL (SELECT (ARRAY['open', 'analyzing', 'escalated', 'resolved', 'resolved', 'resolved'])[1 + n %% 6])
             AS s(state),
         LATERAL (SELECT now() - make_interval(secs => 90 * 86400 * (1 - n::float / %(total)s))) AS m(made)
"""
_EVENTS = """
    INSERT INTO exception_event (
        tenant_id, exception_id, event_no, event_id, event_type, actor_type, actor_id, payload, created_at, leaf, hash)
    SELECT x.tenant_id, x.exception_id, 1, gen_random_uuid(), 'CommentAdded', 'system', 'bench', '{}', x.created_at,
           decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
    FROM exception AS x WHERE x.exception_id BETWEEN %(low)s AND %(high)s
"""
_INDEXES = """
    SELECT format('DROP INDEX %I', i.relname), pg_get_indexdef(i.oid)
    FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid
    WHERE x.indrelid IN ('exception'::regclass, 'exception_event'::regclass)
      AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.oid)
"""


def context() -> OperationContext:
    return OperationContext(
        command="bench", arguments={}, actor="bench", reason=None, started_at=datetime.now(UTC), tool_version="0"
    )


def fill(admin: psycopg.Connection, first: int, last: int) -> None:
    """Make the exceptions of these numbers and their events; indexes are built when the rows are there."""
    admin.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
    admin.execute(_TENANTS, {"tenants": TENANTS})
    indexes = admin.execute(_INDEXES).fetchall()
    for drop, _ in indexes:
        admin.execute(drop)
    for at in range(first, last + 1, 500_000):
        end = min(last, at + 499_999)
        admin.execute(_EXCEPTIONS, {"first": at, "last": end, "total": last, "tenants": TENANTS})
        admin.execute(_EVENTS, {"low": f"EX-{at:09d}", "high": f"EX-{end:09d}"})
    for _, make in indexes:
        admin.execute(make)
    admin.execute("RESET session_replication_role")
    admin.execute("VACUUM (ANALYZE)")


def taken(home: Path, name: str) -> float:
    """Seconds of a whole run of the command, at the median."""
    environ = {"SENTINAI_HOME": str(home), "PATH": os.environ["PATH"], "HOME": str(home)}
    program = [sys.executable, "-c", "from sentinai_cli.cli.main import main; main()", *COMMANDS[name]]
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ended = subprocess.run(program, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        seconds.append(time.perf_counter() - began)
        if ended.returncode not in (0, 4):
            sys.exit(ended.stderr.decode())
    return statistics.median(seconds)


def measure(home: Path, server: EmbeddedServer, count: int) -> dict[str, tuple[float, float]]:
    database = Database(server.ensure(), context=context(), private=True)
    upgrade(database, say=lambda _: None, environment=Environment.DEVELOPMENT)
    with database.direct() as admin:
        fill(admin, 1, FEW)
        few = {name: taken(home, name) for name in COMMANDS}
        fill(admin, FEW + 1, count)
    many = {name: taken(home, name) for name in COMMANDS}
    database.close()
    return {name: (few[name], many[name]) for name in COMMANDS}


def main() -> int:
    numbers = [word for word in sys.argv[1:] if not word.startswith("-")]
    count = int(numbers[0]) if numbers else 200_000
    place = Path(tempfile.mkdtemp(prefix="sentinai-bench-", dir="/tmp"))
    place.chmod(0o755)
    server = EmbeddedServer(place / "home")
    try:
        table = measure(place / "home", server, count)
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
    print(f"{count:,} exceptions of {TENANTS} tenants, {os.cpu_count()} cores, seconds of a whole process\n")
    print(f"{'':<10}{f'{FEW:,} rows':>12}{f'{count:,} rows':>18}{'limit':>8}{'ratio':>8}{'limit':>8}")
    over = 0
    for name, (before, after) in table.items():
        seconds, ratio = LIMITS[name]
        over += after > seconds or after / before > ratio
        print(f"{name:<10}{before:>12.2f}{after:>18.2f}{seconds:>8}{after / before:>8.2f}{ratio:>8}")
    return int(over > 0 and "--assert" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
