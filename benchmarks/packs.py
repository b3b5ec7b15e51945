"""`packs impact` beside a plain read of the same rows, in one run, on the embedded server of a temporary home.

Each round does both, so that a busy machine slows them alike; what counts is the ratio. Impact is measured for rules
that look at few values (decided once for many rows) and for one that looks at an amount (nearly every row its own).
COUNT=1000000 chooses the number of exceptions, ROUNDS=3 how often.
"""

import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sentinai_cli.db.driver import driver
from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.models.database import Environment
from sentinai_cli.models.operation_context import OperationContext
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.resources import bundled
from sentinai_cli.services.pack_impact import pack_impact
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.seed import seed

COUNT = int(os.environ.get("COUNT", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
RULES = {
    "few values": "exceptionType == 'SETTLEMENT_FAIL' && rawPayload.daysLate > 3",
    "each its own": "amount != null && amount > 250000.0",
}
TENANT = "TENANT_FINANCE_001"
NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
PLAIN = (
    "COPY (SELECT type, source_system, amount, raw_payload, normalized_context, exception_id FROM exception) TO STDOUT"
)


def quiet(_: object) -> None:
    """Say nothing."""


def plain_read(database: Database) -> None:
    """Every row as the driver hands it over, and nothing done with it."""
    with database.begin(TenantScope(TENANT), read_only=True) as work:
        cursor = driver(work.connection).cursor()
        with cursor.copy(PLAIN) as copy:
            for _ in copy:
                pass


def edition(rule: str) -> bytes:
    """The finance pack with one more rule."""
    document = json.loads((bundled("domainpacks") / "finance.sample.json").read_bytes())
    document["testSuites"] = []
    document["severityRules"].append({"condition": rule, "severity": "critical"})
    return json.dumps(document).encode()


def main() -> None:
    """Make the rows, measure, print."""
    context = OperationContext(
        command="bench", arguments={}, actor="bench", reason=None, started_at=NOW, tool_version="0"
    )
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        Path(place).chmod(0o755)
        server = EmbeddedServer(Path(place) / "home")
        database = Database(server.ensure(), context=context)
        try:
            upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
            request = SeedRequest(scenario="default", seed=1, tenant_ids=(TENANT,), count=COUNT, domain=None, as_of=NOW)
            seed(database, request, embedded=False, now=NOW, say=quiet, advance=quiet)
            packs = {name: import_pack(database, edition(rule), source=name).reference for name, rule in RULES.items()}
            measure(database, packs)
        finally:
            database.close()
            server.stop()


def measure(database: Database, packs: dict[str, str]) -> None:
    """Every measurement once a round; the medians and their ratios to the plain read."""

    def impact(reference: str) -> Callable[[], None]:
        scope = TenantScope(TENANT)
        return lambda: quiet(pack_impact(database, scope, PackReference.parse(reference), advance=quiet))

    works = {
        "plain read": lambda: plain_read(database),
        **{f"impact, {name}": impact(reference) for name, reference in packs.items()},
    }
    plain_read(database)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - began)
    base = statistics.median(taken["plain read"])
    print(f"{COUNT:,} exceptions, {ROUNDS} rounds, {os.cpu_count()} cores")
    for name, times in taken.items():
        middle = statistics.median(times)
        print(f"{name:24} {middle:7.2f} s  {COUNT / middle:12,.0f} /s  {base / middle:5.2f} of the plain read's speed")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"memory: {grown / 1024:.0f} MiB more at most than after the first plain read")


if __name__ == "__main__":
    main()
