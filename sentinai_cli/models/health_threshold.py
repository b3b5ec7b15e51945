"""Where health checks begin to warn and to fail: what can be set, in which unit, and what holds without a word."""

from dataclasses import dataclass

from sentinai_cli.models.base import Model
from sentinai_cli.models.health_state import CheckState

DEFAULT = "default"


class Threshold(Model):
    """The threshold in force. A value that reaches it counts; where `below`, smaller is worse.

    `origin` is the file that set it, or `default`.
    """

    name: str
    warn: float
    fail: float
    unit: str
    below: bool = False
    origin: str = DEFAULT

    def judge(self, value: float) -> CheckState:
        """Ok, warn or fail."""
        sign = -1 if self.below else 1
        if value * sign >= self.fail * sign:
            return CheckState.FAIL
        return CheckState.WARN if value * sign >= self.warn * sign else CheckState.OK

    @property
    def words(self) -> str:
        """`warn from 70 %, fail from 90 %`."""
        word = "down to" if self.below else "from"
        unit = f" {self.unit}"
        return f"warn {word} {_plain(self.warn)}{unit}, fail {word} {_plain(self.fail)}{unit}"


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:,g}"


@dataclass(frozen=True, slots=True)
class Limit:
    """What a threshold is of, and its values where nobody sets any."""

    about: str
    unit: str
    warn: float
    fail: float
    below: bool = False


LIMITS: dict[str, Limit] = {
    "connect_time": Limit("time to connect", "ms", 500, 3_000),
    "round_trip": Limit("time of the smallest question", "ms", 50, 500),
    "end_of_life": Limit("time until PostgreSQL ends support of the major version", "days", 180, 0, below=True),
    "seal_age": Limit("age of a tenant's newest seal while events wait for one", "hours", 48, 336),
    "verify_age": Limit("time since the event log was last verified", "days", 8, 31),
    "connections": Limit("connections in use, of those there are", "%", 70, 90),
    "long_transaction": Limit("age of a transaction", "s", 300, 3_600),
    "idle_in_transaction": Limit("time that a session leaves its transaction idle", "s", 60, 600),
    "lock_wait": Limit("time that a session waits for a lock", "s", 5, 60),
    "deadlocks": Limit("deadlocks a day since the counters began", "a day", 1, 20),
    "migration_lock": Limit("time that a migration holds its locks", "s", 120, 1_800),
    "unused_index": Limit("size of an index that nothing reads", "MiB", 100, 10_240),
    "unindexed_rows": Limit("rows of a table whose foreign key has no index", "rows", 100_000, 10_000_000),
    "cache_hit": Limit("blocks found in shared memory, of those read", "%", 95, 80, below=True),
    "dead_rows": Limit("dead rows of a table, of all its rows", "%", 20, 50),
    "vacuum_age": Limit("time since a table that needs it was vacuumed", "days", 7, 30),
    "stale_statistics": Limit("rows of a table that its statistics do not know, of all", "%", 25, 60),
    "wraparound": Limit("age of the oldest transaction or multixact id, of 2^31", "%", 40, 75),
    "table_size": Limit("size of a table with its indexes", "GiB", 200, 2_000),
    "tenant_growth": Limit("a tenant's new exceptions a day, of the week before", "times", 3, 10),
    "replication_lag": Limit("time that a replica is behind", "s", 30, 300),
    "replica_backlog": Limit("log that a replica has not replayed", "MiB", 256, 4_096),
    "slot_backlog": Limit("log kept for a replication slot that nobody reads", "MiB", 1_024, 10_240),
    "requested_checkpoints": Limit("checkpoints that were asked for, of all", "%", 40, 80),
    "disk_free": Limit("space left on the disk of the embedded server", "%", 15, 5, below=True),
    "clock_skew": Limit("difference between this machine's clock and the server's", "s", 2, 30),
    "breached": Limit("a tenant's unresolved exceptions past their deadline", "exceptions", 1, 100),
    "stuck": Limit("time since anybody touched an exception past its deadline", "days", 7, 30),
    "noisy_neighbour": Limit("a tenant's new or breached exceptions, of the others' median", "times", 10, 100),
}
"""By name, as `[health]` of a configuration file has them."""


def threshold(name: str, *, warn: float | None = None, fail: float | None = None, origin: str = DEFAULT) -> Threshold:
    """The threshold of this name; what is not given is the default's."""
    limit = LIMITS[name]
    return Threshold(
        name=name,
        warn=limit.warn if warn is None else warn,
        fail=limit.fail if fail is None else fail,
        unit=limit.unit,
        below=limit.below,
        origin=origin,
    )


DEFAULTS: dict[str, Threshold] = {name: threshold(name) for name in LIMITS}
