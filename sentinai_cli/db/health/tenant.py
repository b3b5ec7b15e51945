"""Tenants' rows: seals and verifications that are due, deadlines missed, and who takes more than the others.

Counts go along indexes and end at a cap, so that a check costs the same however many rows there are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from shlex import quote
from statistics import median
from typing import Any

from sentinai_cli.db.health.finding import counted, found, lasting, measure, worst_first
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.models.health import CheckState, Evidence, Seen

ENOUGH_A_DAY = 1_000
"""New exceptions a day below which growing is no trouble."""
ENOUGH_BREACHED = 50
_ENTRIES = 20_000
_ALL_COUNTED = 100_000
_HOUR, _DAY = 3_600, 86_400


def seals(subject: Subject) -> Seen:
    """No tenant's events have waited long for a seal."""
    with subject.across_tenants():
        rows = subject.rows("health_seal")
    limit = subject.thresholds["seal_age"]
    waiting = [row for row in rows if row.waiting]
    evidence = [
        found(
            limit.judge(row.age / _HOUR),
            f"tenant {row.tenant_id}",
            f"its events wait for a seal, {'the last is' if row.sealed_at else 'it never had one and is'}"
            f" {lasting(row.age)} old",
            f"sentinai events seal --tenant {row.tenant_id}",
        )
        for row in waiting
    ]
    covered = f"{counted(len(rows), 'tenant')}, {len(waiting)} with events that wait for a seal"
    measures = tuple(measure("seal_age_seconds", row.age, tenant=row.tenant_id) for row in waiting)
    return Seen(covered, worst_first(evidence), measures)


def verification(subject: Subject) -> Seen:
    """The journal tells that each tenant's event log was verified lately, and found whole."""
    with subject.across_tenants():
        rows = subject.rows("health_verification", entries=_ENTRIES)
    limit = subject.thresholds["verify_age"]
    evidence = []
    for row in rows:
        fix = f"sentinai events verify --tenant {row.tenant_id}"
        if row.broken:
            said = f"the last verification, {lasting(row.found_ago)} ago, found {counted(row.broken, 'break')}"
            evidence.append(found(CheckState.FAIL, f"tenant {row.tenant_id}", said, fix))
            continue
        said = f"its events were last verified {lasting(row.age)} ago"
        if not row.verified:
            said = f"its events have never been verified, and it is {lasting(row.age)} old"
        evidence.append(found(limit.judge(row.age / _DAY), f"tenant {row.tenant_id}", said, fix))
    verified = sum(row.verified for row in rows)
    measures = tuple(measure("verify_age_seconds", row.age, tenant=row.tenant_id) for row in rows)
    return Seen(f"{counted(len(rows), 'tenant')} with events, {verified} verified", worst_first(evidence), measures)


def growth(subject: Subject) -> Seen:
    """No tenant gets far more exceptions a day than in the week before."""
    arrivals = _arrivals(subject)
    limit = subject.thresholds["tenant_growth"]
    evidence = []
    for tenant_id, each in arrivals.items():
        if each.a_day >= ENOUGH_A_DAY and each.before > 0:
            times = each.a_day / each.before
            said = (
                f"{each.a_day:,.0f} new exceptions a day, {times:,.1f} times the {each.before:,.0f} of the week before"
            )
            fix = f"sentinai exceptions stats --tenant {tenant_id} --since 1d --by source"
            evidence.append(found(limit.judge(times), f"tenant {tenant_id}", said, fix))
    total = sum(each.a_day for each in arrivals.values())
    measures = tuple(
        measure("tenant_exceptions_per_day", round(each.a_day), tenant=tenant_id)
        for tenant_id, each in arrivals.items()
    )
    return Seen(
        f"{counted(len(arrivals), 'tenant')} with {total:,.0f} new exceptions a day", worst_first(evidence), measures
    )


def sla(subject: Subject) -> Seen:
    """No tenant has exceptions past their deadline, nor such that nobody touches."""
    cap = _cap(subject)
    rows = _breaches(subject, cap)
    late, stuck = subject.thresholds["breached"], subject.thresholds["stuck"]
    evidence: list[Evidence] = []
    measures = []
    for row in rows:
        if not row.breached:
            continue
        many = f"{row.breached:,} or more exceptions are" if row.breached == cap else "one exception is"
        if 1 < row.breached < cap:
            many = f"{row.breached:,} exceptions are"
        fix = f"sentinai exceptions list --tenant {row.tenant_id} --breached --sort deadline"
        evidence.append(found(late.judge(row.breached), f"tenant {row.tenant_id}", f"{many} past the deadline", fix))
        measures.append(measure("tenant_breached", row.breached, tenant=row.tenant_id))
        if row.untouched_since is not None:
            seconds = (subject.now() - row.untouched_since).total_seconds()
            said = f"past its deadline, and nobody has touched it for {lasting(seconds)}"
            show = f"sentinai exceptions show {quote(row.exception_id)} --tenant {row.tenant_id}"
            evidence.append(
                found(stuck.judge(seconds / _DAY), f"exception {row.exception_id} of {row.tenant_id}", said, show)
            )
            measures.append(measure("tenant_stuck_seconds", seconds, tenant=row.tenant_id))
    with_breaches = sum(row.breached > 0 for row in rows)
    covered = f"{counted(len(rows), 'tenant')}, {with_breaches} with exceptions past their deadline"
    return Seen(covered, worst_first(evidence), tuple(measures))


def neighbours(subject: Subject) -> Seen:
    """No single tenant takes far more than the others: of what arrives, or of what is late."""
    cap = _cap(subject)
    taken = {tenant_id: each.a_day for tenant_id, each in _arrivals(subject).items()}
    late = {row.tenant_id: float(row.breached) for row in _breaches(subject, cap)}
    evidence: list[Evidence] = []
    measures = []
    for what, of, enough in (("new a day", taken, ENOUGH_A_DAY), ("past their deadline", late, ENOUGH_BREACHED)):
        loudest = _loudest(of)
        if loudest is None:
            continue
        tenant_id, value, middle = loudest
        times = value / max(middle, 1.0)
        measures.append(measure("neighbour_ratio", round(times, 2), tenant=tenant_id, of=what))
        if value >= enough:
            least = "at least " if of is late and value >= cap else ""
            said = f"{least}{value:,.0f} exceptions {what}, {times:,.0f} times the median of the others ({middle:,.0f})"
            fix = f"sentinai exceptions stats --tenant {tenant_id} --by type"
            evidence.append(found(subject.thresholds["noisy_neighbour"].judge(times), f"tenant {tenant_id}", said, fix))
    return Seen(f"{counted(len(taken), 'tenant')} beside each other", worst_first(evidence), tuple(measures))


@dataclass(frozen=True)
class _Arrival:
    """A tenant's new exceptions a day: of the last day, and of the week before it."""

    a_day: float
    before: float


def _arrivals(subject: Subject) -> Mapping[str, _Arrival]:
    known: Mapping[str, _Arrival] = subject.once("arrivals", lambda: _read_arrivals(subject))
    return known


def _read_arrivals(subject: Subject) -> Mapping[str, _Arrival]:
    cap, at = _cap(subject), subject.now()
    with subject.across_tenants():
        rows = subject.rows("health_arrival", at=at, cap=cap)
    yesterday = at - timedelta(days=1)
    return {
        row.tenant_id: _Arrival(
            _rate(row.day, row.day_from, cap, at, timedelta(days=1)),
            _rate(row.week, row.week_from, cap, yesterday, timedelta(days=7)),
        )
        for row in rows
    }


def _rate(count: int, since: datetime | None, cap: int, until: datetime, window: timedelta) -> float:
    """How many a day. A count that ended at its cap stands for the time that it reached back, and no more."""
    length = window if count < cap or since is None else max(until - since, timedelta(seconds=1))
    return count * timedelta(days=1) / length


def _breaches(subject: Subject, cap: int) -> list[Any]:
    known: list[Any] = subject.once("breaches", lambda: _read_breaches(subject, cap))
    return known


def _read_breaches(subject: Subject, cap: int) -> list[Any]:
    with subject.across_tenants():
        return subject.rows("health_breach", at=subject.now(), cap=cap, few=max(20, cap // 20))


def _cap(subject: Subject) -> int:
    """How far to count for each tenant, so that all of them together stay quick."""
    with subject.across_tenants():
        (count,) = subject.connection.execute("SELECT count(*) FROM tenant").fetchone() or (1,)
    return int(min(10_000, max(100, _ALL_COUNTED // max(1, count))))


def _loudest(of: Mapping[str, float]) -> tuple[str, float, float] | None:
    """The tenant with the most, how much that is, and the median of the others; None without others."""
    if len(of) < 2:
        return None
    name = max(of, key=lambda tenant_id: (of[tenant_id], tenant_id))
    return name, of[name], float(median(_others(of, name)))


def _others(of: Mapping[str, float], name: str) -> Iterable[float]:
    return [value for tenant_id, value in of.items() if tenant_id != name]
