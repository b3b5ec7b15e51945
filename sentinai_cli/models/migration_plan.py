"""What a migration is going to do: its statements, and what each keeps others from doing meanwhile."""

from enum import StrEnum

from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult


class LockMode(StrEnum):
    """PostgreSQL's table locks, weakest first."""

    ACCESS_SHARE = "ACCESS SHARE"
    ROW_SHARE = "ROW SHARE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def strength(self) -> int:
        """The place in the order of strength."""
        return list(LockMode).index(self)

    @property
    def blocks(self) -> str:
        """Who waits while it is held: `nobody`, `schema changes`, `writes`, `reads and writes`."""
        if self is LockMode.ACCESS_EXCLUSIVE:
            return "reads and writes"
        if self.strength >= LockMode.SHARE.strength:
            return "writes"
        return "schema changes" if self is LockMode.SHARE_UPDATE_EXCLUSIVE else "nobody"


class PlannedLock(Model):
    """`rows` is the planner's estimate, `size_bytes` includes indexes; both None offline and for a `new` table.

    A table is new when an earlier statement of the same plan makes it: nobody else can wait for it.
    """

    table: str
    mode: LockMode
    blocks: str
    new: bool
    rows: int | None
    size_bytes: int | None


class PlanStep(Model):
    """One statement. `no` counts from 1; `transaction` is False for what must run outside of one."""

    no: int
    revision: str
    sql: str
    transaction: bool
    locks: tuple[PlannedLock, ...]


class MigrationPlan(ListResult[PlanStep]):
    """The statements between two revisions, in order; None is an empty database."""

    from_revision: str | None
    to_revision: str | None
    live: bool
