"""Work that can be cut off, and what it comes to when nobody does."""

from collections.abc import Callable
from dataclasses import dataclass

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.conftest import connect
from tests.db.catalogue import snapshot
from tests.faults.whole import digest

_OWNERS = """
    SELECT exception_id, owner, status, last_event_no,
        (SELECT count(*) FROM exception_event AS e
         WHERE e.exception_id = exception.exception_id AND event_type = 'OwnerChanged')
    FROM exception ORDER BY exception_id
"""
_SEED = ("seed", "--tenant", FINANCE, "--as-of", AS_OF, "--count")


@dataclass(frozen=True)
class Job:
    """`words` may be repeated: what they come to, as `outcome` tells, is the same.

    They begin in a migrated database, or in an empty one, in which `before` makes what they need.
    """

    name: str
    words: tuple[str, ...]
    outcome: Callable[[DatabaseUrl], object]
    before: tuple[str, ...] | None = None
    empty: bool = False


def _owners(url: DatabaseUrl) -> object:
    with connect(url) as admin:
        return admin.execute(_OWNERS).fetchall()


def _catalogue(url: DatabaseUrl) -> object:
    with connect(url) as admin:
        return snapshot(admin), admin.execute("SELECT revision FROM migration_record ORDER BY 1").fetchall()


JOBS = (
    Job("seed", (*_SEED, "2100"), digest),
    Job("seed by staging", (*_SEED, "2100", "--staging"), digest),
    Job("seed with workers", (*_SEED, "4200", "--workers", "2"), digest),
    Job(
        "assign",
        tuple(f"exceptions assign --to ada --status open,analyzing --tenant {FINANCE} --reason test --yes".split()),
        _owners,
        before=(*_SEED, "900"),
    ),
    Job("migrate", ("migrate",), _catalogue, empty=True),
)
