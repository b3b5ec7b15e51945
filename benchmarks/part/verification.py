"""Verifying the log of one database, beside a bare read of it: a line of seconds for each round.

    python benchmarks/part/verification.py URL ROUNDS    dump, verify with one worker, verify with as many as it takes

A process of its own that imports nothing at its top: the workers of a verification import the main module again, and
those of the command find one as light.
"""

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentinai_cli.db.engine import Database

READ = (
    """
    SELECT tenant_id, exception_id, event_no, event_id, event_type, actor_type, actor_id, payload, created_at, leaf,
           hash
    FROM exception_event ORDER BY tenant_id, exception_id, event_no
    """,
    """
    SELECT tenant_id, exception_id, domain, type, source_system, entity, amount, currency, raw_payload,
           normalized_context, created_at, severity, status, sla_deadline, owner, current_playbook_id, current_step,
           resolved_at, updated_at, last_event_no, last_event_hash
    FROM exception ORDER BY tenant_id, exception_id
    """,
)


def dump(database: "Database") -> None:
    """What verification reads, read as fast as COPY gives it, with one hash over each row."""
    import hashlib

    from sentinai_cli.db.driver import driver
    from sentinai_cli.models.scope import AllTenants

    with database.begin(AllTenants(), read_only=True) as work, driver(work.connection).cursor() as cursor:
        for query in READ:
            with cursor.copy(f"COPY ({query}) TO STDOUT") as rows:
                for row in rows:
                    hashlib.sha256(row).digest()


def verify(database: "Database", workers: int | None) -> None:
    from sentinai_cli.models.scope import AllTenants
    from sentinai_cli.services.event import verify_events

    found = verify_events(database, AllTenants(), advance=lambda _: None, workers=workers)
    assert found.broken == 0, found.breaks[:3]


def main(url: str, rounds: str) -> None:
    from datetime import UTC, datetime

    from sentinai_cli.db.engine import Database
    from sentinai_cli.models.database_url import DatabaseUrl
    from sentinai_cli.models.operation_context import OperationContext

    context = OperationContext(
        command="bench", arguments={}, actor="bench", reason=None, started_at=datetime.now(UTC), tool_version="0"
    )
    database = Database(DatabaseUrl.parse(url, source="the command line"), context=context, private=True)
    for _ in range(int(rounds)):
        began = time.perf_counter()
        dump(database)
        dumped = time.perf_counter()
        verify(database, 1)
        alone = time.perf_counter()
        verify(database, None)
        print(dumped - began, alone - dumped, time.perf_counter() - alone, flush=True)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
