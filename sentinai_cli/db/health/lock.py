"""Who waits for whom: blocking chains, and what migrations hold."""

from collections.abc import Iterator
from typing import Any

from sentinai_cli.db.health.finding import counted, found, lasting, measure, worst_first
from sentinai_cli.db.health.session import ending, who
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.db.migration_lock import KEY
from sentinai_cli.models.health import CheckState, Evidence, Seen
from sentinai_cli.models.health_state import worst
from sentinai_cli.models.health_threshold import Threshold


def blocking(subject: Subject) -> Seen:
    """Nobody waits long for a lock; else the tree of who keeps whom waiting, its roots being those to end."""
    rows = {row.pid: row for row in subject.rows("health_blocking")}
    waiting = [row for row in rows.values() if row.blockers]
    limit = subject.thresholds["lock_wait"]
    longest = max((row.waited or 0.0 for row in waiting), default=0.0)
    evidence: list[Evidence] = []
    if limit.judge(longest) is not CheckState.OK:
        evidence = list(_Forest(rows, limit).evidence())
    covered = (
        f"{counted(len(waiting), 'session waits', 'sessions wait')} for a lock"
        if waiting
        else "no session waits for a lock"
    )
    measures = (measure("blocked_sessions", len(waiting)), measure("longest_lock_wait_seconds", longest))
    return Seen(covered, tuple(evidence), measures)


def migration(subject: Subject) -> Seen:
    """No migration holds its locks for long."""
    rows = subject.rows("health_migration", high=KEY >> 32, low=KEY & 0xFFFF_FFFF)
    limit = subject.thresholds["migration_lock"]
    evidence = []
    for row in rows:
        held = "the lock that keeps other migrations out" if row.advisory else f"{row.mode} on {row.relation}"
        behind = f"; {counted(row.waiting, 'session waits', 'sessions wait')} for it" if row.waiting else ""
        said = f"{row.application or 'a session'} holds {held}"
        fix = f"SELECT pg_cancel_backend({row.pid});"
        if row.held_for is None:
            evidence.append(found(CheckState.UNKNOWN, f"pid {row.pid}", f"{said}; since when is hidden", fix))
        elif (state := limit.judge(row.held_for)) is not CheckState.OK:
            evidence.append(found(state, f"pid {row.pid}", f"{said} for {lasting(row.held_for)}{behind}", fix))
    longest = max((row.held_for or 0.0 for row in rows), default=0.0)
    covered = (
        f"{counted(len(rows), 'lock')} of migrations, the oldest for {lasting(longest)}"
        if rows
        else "no migration is at work"
    )
    return Seen(covered, worst_first(evidence), (measure("migration_lock_seconds", longest),))


class _Forest:
    """Each session below the first of those that block it, depth first; a circle begins at its lowest pid."""

    def __init__(self, rows: dict[int, Any], limit: Threshold) -> None:
        self._rows = rows
        self._limit = limit
        self._told: set[int] = set()
        self._below: dict[int, list[int]] = {}
        for row in rows.values():
            if row.blockers:
                self._below.setdefault(min(row.blockers), []).append(row.pid)

    def evidence(self) -> Iterator[Evidence]:
        for pid in sorted(self._rows, key=lambda pid: (bool(self._rows[pid].blockers), pid)):
            yield from self._tree(pid, None)

    def _tree(self, pid: int, above: int | None) -> list[Evidence]:
        if pid in self._told:
            return []
        self._told.add(pid)
        row = self._rows[pid]
        children = [each for child in self._below.get(pid, []) for each in self._tree(child, pid)]
        own = self._limit.judge(row.waited or 0.0) if row.blockers else CheckState.OK
        head = found(
            worst([own, *(child.state for child in children)]),
            _name(pid),
            _waits(row) if row.blockers else _holds(row, len(children)),
            None if row.blockers else ending(row) if pid else "SELECT gid, prepared, owner FROM pg_prepared_xacts;",
            under=None if above is None else _name(above),
        )
        return [head, *children]


def _name(pid: int) -> str:
    return f"pid {pid}" if pid else "a prepared transaction"


def _holds(row: Any, blocked: int) -> str:
    open_for = f", in a transaction of {lasting(row.open_for)}" if row.open_for is not None else ""
    state = f", {row.state}" if row.state else ""
    return f"it blocks {blocked} ({who(row)}{state}{open_for})"


def _waits(row: Any) -> str:
    others = [pid for pid in sorted(row.blockers) if pid != min(row.blockers)]
    also = f", also behind {', '.join(map(_name, others))}" if others else ""
    verb = f" in {row.verb}" if row.verb else ""
    return f"it has waited {lasting(row.waited or 0.0)} for {row.mode} on {row.what}{verb} ({who(row)}{also})"
