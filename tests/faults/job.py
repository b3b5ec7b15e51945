"""Work that can be cut off, and what it comes to when nobody does."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.conftest import connect
from tests.db.catalogue import snapshot
from tests.faults.whole import digest
from tests.services.ingest import as_lines, trade

_OWNERS = """
    SELECT exception_id, owner, status, last_event_no,
        (SELECT count(*) FROM exception_event AS e
         WHERE e.exception_id = exception.exception_id AND event_type = 'OwnerChanged')
    FROM exception ORDER BY exception_id
"""
_RECORDS = """
    SELECT exception_id, source_digest, severity, status, amount, raw_payload, last_event_no,
        (SELECT count(*) FROM exception_event AS e WHERE e.exception_id = exception.exception_id)
    FROM exception ORDER BY exception_id
"""
_SEED = ("seed", "--tenant", FINANCE, "--as-of", AS_OF, "--count")


@dataclass(frozen=True)
class Job:
    """`words` may be repeated: what they come to, as `outcome` tells, is the same.

    They begin in a migrated database, or in an empty one, in which `before` makes what they need, and in a directory
    that `files` puts something into.
    """

    name: str
    words: tuple[str, ...]
    outcome: Callable[[DatabaseUrl], object]
    before: tuple[str, ...] | None = None
    empty: bool = False
    files: Callable[[Path], object] | None = None


def _owners(url: DatabaseUrl) -> object:
    with connect(url) as admin:
        return admin.execute(_OWNERS).fetchall()


def _taken_in(url: DatabaseUrl) -> object:
    with connect(url) as admin:
        return admin.execute(_RECORDS).fetchall()


def _catalogue(url: DatabaseUrl) -> object:
    with connect(url) as admin:
        return snapshot(admin), admin.execute("SELECT revision FROM migration_record ORDER BY 1").fetchall()


JOBS = (
    Job("seed", (*_SEED, "1100"), digest),
    Job("seed by staging", (*_SEED, "1100", "--staging"), digest),
    Job("seed with workers", (*_SEED, "4200", "--workers", "2"), digest),
    Job(
        "assign",
        tuple(f"exceptions assign --to ada --status open,analyzing --tenant {FINANCE} --reason test --yes".split()),
        _owners,
        before=(*_SEED, "600"),
    ),
    Job(
        "ingest",
        ("exceptions", "ingest", "records.jsonl", "--tenant", FINANCE),
        _taken_in,
        before=(*_SEED, "200"),
        files=lambda place: (place / "records.jsonl").write_bytes(as_lines([trade(number) for number in range(1500)])),
    ),
    Job("migrate", ("migrate",), _catalogue, empty=True),
)
