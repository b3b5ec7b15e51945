"""Whether the database answers, how quickly, and what the server is."""

import time
from datetime import UTC, date, datetime, timedelta

from sentinai_cli.db.health.finding import found, measure
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.errors import SentinaiError
from sentinai_cli.models.health import CheckState, Evidence, Measure, Seen
from sentinai_cli.models.scope import AllTenants

END_OF_LIFE: dict[int, date] = {
    13: date(2025, 11, 13),
    14: date(2026, 11, 12),
    15: date(2027, 11, 11),
    16: date(2028, 11, 9),
    17: date(2029, 11, 8),
    18: date(2030, 11, 14),
}
"""When a major version gets its last release: https://www.postgresql.org/support/versioning/."""
OLDEST, NEWEST = 15, 18
"""The major versions that this tool is tested on."""
_TRIPS = 3
_BACK_UP = "sentinai db backup before-upgrade.dump"


def connectivity(subject: Subject) -> Seen:
    """Connecting and the smallest question are quick enough, through the pooler too where there is one."""
    connect, trip = subject.thresholds["connect_time"], subject.thresholds["round_trip"]
    least = min(_trip(subject) for _ in range(_TRIPS))
    taken = [("connection", connect, subject.connected), ("round trip", trip, least)]
    evidence: list[Evidence] = []
    pooled = None
    if subject.database.url != subject.database.direct_url:
        try:
            pooled = _through_the_pool(subject)
            taken.append(("transaction through the pooler", connect, pooled))
        except SentinaiError as error:
            evidence.append(
                found(CheckState.FAIL, "pooler", f"{error.what}: {error.why or ''}".rstrip(": "), error.fix)
            )
    for name, limit, length in taken:
        spent = length.total_seconds() * 1000
        state = limit.judge(spent)
        if state is not CheckState.OK:
            evidence.append(found(state, name, f"it took {spent:,.1f} ms", "sentinai health --only connectivity"))
    covered = f"connected in {_ms(subject.connected)}, a round trip takes {_ms(least)}"
    if pooled is not None:
        covered += f", a transaction through the pooler {_ms(pooled)}"
    measures: tuple[Measure, ...] = (
        measure("connect_seconds", subject.connected.total_seconds()),
        measure("round_trip_seconds", least.total_seconds()),
    )
    return Seen(covered, tuple(evidence), measures)


def version(subject: Subject) -> Seen:
    """The server's major version is one that we know and that still gets fixes."""
    shown = (subject.connection.info.parameter_status("server_version") or "unknown").split()[0]
    major = subject.version
    name = f"PostgreSQL {shown}"
    if major < OLDEST:
        return Seen(
            name, (found(CheckState.FAIL, name, f"it is older than {OLDEST}, the oldest that works", _BACK_UP),)
        )
    ends = END_OF_LIFE.get(major)
    if ends is None:
        said = f"it is newer than {NEWEST}, the newest that this release was tested on"
        return Seen(name, (found(CheckState.WARN, name, said, "pip install --upgrade sentinai-cli"),))
    left = (datetime(ends.year, ends.month, ends.day, tzinfo=UTC) - subject.now()) / timedelta(days=1)
    state = subject.thresholds["end_of_life"].judge(left)
    evidence: tuple[Evidence, ...] = ()
    if state is not CheckState.OK:
        said = f"its support {'ended' if left < 0 else 'ends'} on {ends}; move to PostgreSQL {NEWEST}"
        evidence = (found(state, name, said, _BACK_UP),)
    return Seen(f"{name}, supported until {ends}", evidence, (measure("end_of_life_days", round(left, 1)),))


def clock(subject: Subject) -> Seen:
    """This machine and the server agree on the time."""
    before = time.monotonic()
    answer = subject.connection.execute("SELECT clock_timestamp()").fetchone()
    assert answer is not None
    halfway = (time.monotonic() - before) / 2
    skew = (answer[0] - (subject.now() - timedelta(seconds=halfway))).total_seconds()
    limit = subject.thresholds["clock_skew"]
    state = limit.judge(abs(skew))
    evidence: tuple[Evidence, ...] = ()
    way = "ahead of" if skew > 0 else "behind"
    said = f"the server's clock is {abs(skew):,.1f} s {way} this machine's"
    if state is not CheckState.OK:
        evidence = (found(state, "clock", f"{said}: deadlines and the order of events mislead", "timedatectl status"),)
    return Seen(said, evidence, (measure("clock_skew_seconds", round(skew, 3)),))


def _trip(subject: Subject) -> timedelta:
    began = time.perf_counter()
    subject.connection.execute("SELECT 1")
    return timedelta(seconds=time.perf_counter() - began)


def _through_the_pool(subject: Subject) -> timedelta:
    began = time.perf_counter()
    with subject.database.begin(AllTenants(), read_only=True):
        return timedelta(seconds=time.perf_counter() - began)


def _ms(length: timedelta) -> str:
    return f"{length.total_seconds() * 1000:,.1f} ms"
