"""What the server has counted since its counters began: deadlocks, blocks read, checkpoints."""

from sentinai_cli.db.health.finding import counted, found, lasting, measure
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.models.health import CheckState, Evidence, Seen

_DAY, _HOUR = 86_400, 3_600
ENOUGH_BLOCKS = 10_000
"""Blocks below which a ratio says nothing: 80 MiB."""
ENOUGH_CHECKPOINTS = 10
OFTEN_AN_HOUR = 4
"""Checkpoints that were asked for, on average, below which they are no trouble."""


def deadlocks(subject: Subject) -> Seen:
    """Transactions do not kill each other day by day."""
    row = subject.row("health_counter")
    a_day = row.deadlocks * _DAY / max(row.seconds, _DAY)
    limit = subject.thresholds["deadlocks"]
    state = limit.judge(a_day) if row.deadlocks else CheckState.OK
    evidence: list[Evidence] = []
    if state is not CheckState.OK:
        said = (
            f"{row.deadlocks} in {lasting(row.seconds)}, {a_day:,.1f} a day: transactions lock rows in different order"
        )
        evidence.append(found(state, "deadlocks", said, "sentinai db logs"))
    found_all = (*evidence, *_uncounted(row.counted))
    covered = f"{counted(row.deadlocks, 'deadlock')} in {lasting(row.seconds)}"
    return Seen(covered, found_all, (measure("deadlocks_total", row.deadlocks),))


def cache(subject: Subject) -> Seen:
    """What is read is mostly in shared memory already."""
    row = subject.row("health_counter")
    read = row.hit + row.missed
    if read < ENOUGH_BLOCKS:
        return Seen(f"{read:,} blocks read: too few to judge", _uncounted(row.counted))
    share = 100 * row.hit / read
    state = subject.thresholds["cache_hit"].judge(share)
    evidence: tuple[Evidence, ...] = ()
    if state is not CheckState.OK:
        fix = "SELECT query, shared_blks_read FROM pg_stat_statements ORDER BY shared_blks_read DESC LIMIT 10;"
        said = f"{share:.1f} % of {read:,} blocks were found in shared_buffers"
        if not subject.embedded:
            said += ", which is too small for what is read, or whole tables are"
        else:
            fix = "SHOW shared_buffers;"
        evidence = (found(state, "cache", said, fix),)
    covered = f"{share:.1f} % of {read:,} blocks were in shared memory"
    return Seen(covered, (*evidence, *_uncounted(row.counted)), (measure("cache_hit_ratio", share / 100),))


def checkpoints(subject: Subject) -> Seen:
    """Checkpoints come by the clock, not because the log is full; now and then one is asked for by a backup."""
    row = subject.row("health_checkpoint") if subject.version >= 17 else subject.row("health_checkpoint_15")
    total = row.timed + row.requested
    if total < ENOUGH_CHECKPOINTS:
        return Seen(f"{counted(total, 'checkpoint')}: too few to judge")
    share = 100 * row.requested / total
    an_hour = row.requested * _HOUR / max(row.seconds, _HOUR)
    state = subject.thresholds["requested_checkpoints"].judge(share) if an_hour >= OFTEN_AN_HOUR else CheckState.OK
    evidence: tuple[Evidence, ...] = ()
    if state is not CheckState.OK:
        said = (
            f"{row.requested} of {total} came before their time: the log outgrows max_wal_size ({row.room}), unless it"
            " is because databases are made and dropped all the time"
        )
        fix = f"ALTER SYSTEM SET max_wal_size = '{2 * row.room_mib}MB'; SELECT pg_reload_conf();"
        evidence = (found(state, "checkpoints", said, fix),)
    covered = f"{row.requested} of {total} checkpoints were asked for"
    return Seen(covered, evidence, (measure("requested_checkpoint_ratio", share / 100),))


def _uncounted(tracked: bool) -> tuple[Evidence, ...]:
    if tracked:
        return ()
    fix = "ALTER SYSTEM SET track_counts = on; SELECT pg_reload_conf();"
    return (found(CheckState.UNKNOWN, "track_counts", "it is off: the server counts nothing", fix),)
