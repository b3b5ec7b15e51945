"""Replicas and replication slots."""

from sentinai_cli.db.health.finding import counted, found, lasting, measure, sized, worst_first
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.models.health import CheckState, Evidence, Seen

_MIB = 2**20


def replication(subject: Subject) -> Seen:
    """Replicas keep up, and no slot that nobody reads keeps the log from being removed."""
    replicas, slots = subject.rows("health_replica"), subject.rows("health_slot")
    lag, backlog = subject.thresholds["replication_lag"], subject.thresholds["replica_backlog"]
    kept = subject.thresholds["slot_backlog"]
    evidence: list[Evidence] = []
    measures = []
    for row in replicas:
        name = f"replica {row.name}" if not row.itself else row.name
        if row.hidden:
            login = subject.connection.info.user
            fix = f'GRANT pg_read_all_stats TO "{login}";'
            evidence.append(found(CheckState.UNKNOWN, name, "how far behind it is, is hidden from this login", fix))
            continue
        if row.state == "paused":
            evidence.append(found(CheckState.WARN, name, "its replay is paused", _fix(row.itself)))
        if row.seconds is not None:
            measures.append(measure("replica_lag_seconds", row.seconds, replica=row.name))
            evidence.append(
                found(
                    lag.judge(row.seconds), name, f"it is {lasting(row.seconds)} behind ({row.state})", _fix(row.itself)
                )
            )
        if row.bytes is not None:
            measures.append(measure("replica_backlog_bytes", row.bytes, replica=row.name))
            said = f"it has {sized(row.bytes)} to replay ({row.state})"
            evidence.append(found(backlog.judge(row.bytes / _MIB), name, said, _fix(row.itself)))
    for row in slots:
        measures.append(measure("slot_retained_bytes", row.retained, slot=row.name))
        drop = "SELECT pg_drop_replication_slot('" + row.name.replace("'", "''") + "');"
        if row.log == "lost":
            evidence.append(found(CheckState.FAIL, f"slot {row.name}", "the log that it needs is gone", drop))
        elif not row.active:
            said = f"nobody reads it, and {sized(row.retained)} of log are kept for it"
            state = kept.judge(row.retained / _MIB)
            evidence.append(found(state, f"slot {row.name}", said, drop))
    unread = sum(not row.active for row in slots)
    covered = f"{counted(len(replicas), 'replica')}, {counted(len(slots), 'slot')}, {unread} of them unread"
    return Seen(covered, worst_first(evidence), tuple(measures))


def _fix(itself: bool) -> str:
    if itself:
        return "SELECT pg_wal_replay_resume();"
    return "SELECT client_addr, state, sent_lsn, replay_lsn FROM pg_stat_replication;"
