"""Health: checks, each with a question, a state, what was found and how to mend it."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.db.health.finding import found
from sentinai_cli.db.health.subject import LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS, Subject
from sentinai_cli.db.isolation.moment import catalogue
from sentinai_cli.db.isolation.table import missing_tables
from sentinai_cli.errors import CheckFailed, SentinaiError, Unavailable
from sentinai_cli.models.health import CheckState, HealthCheck, HealthReport, Seen
from sentinai_cli.models.health_threshold import Threshold
from sentinai_cli.services.health_check import Check, chosen, unseen
from sentinai_cli.services.health_registry import HEALTH, ISOLATION

Advance = Callable[[int], None]


@dataclass(frozen=True)
class Setting:
    """What is known of the target beforehand: see `Subject`."""

    embedded: bool
    now: Callable[[], datetime]
    thresholds: Mapping[str, Threshold]
    home: Path | None = None
    pool: int = 10


def check_health(
    database: Database, setting: Setting, *, only: Sequence[str] = (), skip: Sequence[str] = (), advance: Advance
) -> tuple[HealthReport, SentinaiError | None]:
    """Make the checks, all but those that look at every row; findings are the result, no error.

    Changes nothing, reads one moment, and waits for no lock longer than `LOCK_TIMEOUT_MS`. A database that cannot be
    reached, or is lost on the way, leaves what it was not asked unknown, and is told besides as the error that it is.
    Raises InvalidInput for a name that no check has.
    """
    wanted = [check for check in chosen(HEALTH, only, skip) if not check.local or setting.home or check.name in only]
    done: list[HealthCheck] = []
    lost: SentinaiError | None = None
    began = time.perf_counter()
    try:
        with catalogue(database, lock_ms=LOCK_TIMEOUT_MS, statement_ms=STATEMENT_TIMEOUT_MS) as connection:
            subject = Subject(
                database,
                connection,
                setting.embedded,
                setting.now,
                setting.thresholds,
                setting.home,
                setting.pool,
                timedelta(seconds=time.perf_counter() - began),
            )
            for check in wanted:
                done.append(check.make(subject))
                advance(1)
                if connection.broken:
                    lost = Unavailable(
                        "connection_lost", "the connection was lost while health was checked", fix="sentinai health"
                    )
                    break
    except SentinaiError as error:
        lost = error
    if lost is not None:
        done += [_unreached(check, lost, setting) for check in wanted[len(done) :]]
    return HealthReport.of(done), lost


def check_isolation(database: Database, *, embedded: bool, only: Iterable[str] = (), advance: Advance) -> HealthReport:
    """Whether tenants are kept apart; `only` names checks, none is all. Findings are the result, no error.

    Changes nothing. `advance` hears of each check done. Raises CheckFailed without our current schema and InvalidInput
    for a name that no check has.
    """
    wanted = chosen(ISOLATION, tuple(only))
    with catalogue(database) as connection:
        if missing := missing_tables(connection):
            raise _not_current(missing)
        subject = Subject(database, connection, embedded, lambda: datetime.now(UTC))
        done = []
        for check in wanted:
            done.append(check.make(subject))
            advance(1)
    return HealthReport.of(done)


def _unreached(check: Check, error: SentinaiError, setting: Setting) -> HealthCheck:
    seen = unseen(check, error)
    if check.name == "connectivity":
        why = f"{error.what}: {error.why}" if error.why else error.what
        seen = Seen("nothing", (found(CheckState.FAIL, "database", why, error.fix),))
    return HealthCheck.of(check.name, check.question, seen, [setting.thresholds[name] for name in check.thresholds])


def _not_current(missing: list[str]) -> CheckFailed:
    return CheckFailed(
        "schema_behind",
        "isolation can be judged only on the current schema",
        why=f"tables that are not there: {', '.join(missing)}",
        fix="sentinai migrate",
    )
