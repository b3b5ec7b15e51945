"""`sentinai health`: checks with remedies; bare it makes all of them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.options import one_of
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.cli.watch import Watch, watched
from sentinai_cli.errors import CheckFailed, SentinaiError

if TYPE_CHECKING:
    from sentinai_cli.models.health import HealthReport

app = Commands(
    help="""What is wrong with the database, how bad it is, and what to type next; the worst first.

    Bare it asks some dozens of questions of the server, the schema and the tenants' rows, within one read-only moment.
    It waits a tenth of a second for a lock at most and reads no table from end to end, so that it is quick on a large
    database and safe on a suffering one. What could not be looked at is `unknown`, with the reason.
    """,
    bare="check",
    formats=("prometheus", "junit"),
    examples=[
        "sentinai health # every check, the worst first, with what to do",
        "sentinai health --only blocking,transactions --watch 2 # who holds up whom, every two seconds",
        "sentinai health --fail-on warn -o junit > health.xml # for CI",
        "sentinai health isolation # prove that tenants are kept apart",
    ],
)

STATES = ("fail", "unknown", "warn")
CHECKS = (
    *("connectivity", "version", "clock", "schema", "isolation", "append_only", "seals", "verification"),
    *("connections", "transactions", "idle_transactions", "blocking", "migration_lock", "deadlocks", "cache"),
    *("checkpoints", "indexes", "vacuum", "wraparound", "table_size", "tenant_growth", "replication", "disk"),
    *("sla", "neighbours", "packs"),
)
ISOLATION_CHECKS = (
    *("tables", "row_security", "policies", "keys", "roles", "logins"),
    *("functions", "views", "grants", "triggers", "parents", "probe"),
)
"""The names that the service's registries have, so that help can tell them without loading it."""

FailOn = Annotated[
    str,
    typer.Option("--fail-on", metavar="|".join(STATES), parser=one_of(STATES), help="The least state that is exit 4."),
]
Skip = Annotated[
    list[str] | None, typer.Option("--skip", metavar="NAME,…", help="Without these checks.", show_default=False)
]


def _only(names: Sequence[str]) -> object:
    return typer.Option("--only", metavar="NAME,…", help=f"Only these, of {', '.join(names)}.", show_default=False)


@app.command(
    "check",
    examples=[
        "sentinai health check # every check; bare `sentinai health` is the same",
        "sentinai health check --skip sla,neighbours --fail-on warn -o json # for a script",
        "sentinai health check -o prometheus > sentinai.prom # for the text file collector of a node exporter",
        "sentinai health check --only replication,checkpoints # some of the checks",
    ],
    following=[
        "sentinai health isolation # the proof that tenants are kept apart",
        "sentinai events verify --all-tenants # that nobody altered the history",
    ],
)
def check(
    ctx: typer.Context,
    *,
    only: Annotated[list[str] | None, _only(CHECKS)] = None,
    skip: Skip = None,
    fail_on: FailOn = "fail",
    watch: Watch = None,
) -> None:
    """Make the checks, the worst first; bare `sentinai health` is this too.

    Each has a state (ok, warn, fail, unknown), what was found, the thresholds in force and where they were set, and for
    each finding a command or SQL to run. Thresholds are set under `[health]` in sentinai.toml or the user's file.

    Exit 4 when a check fails. A check that could not be made is `unknown`: exit 0, unless --fail-on says otherwise. A
    database that cannot be reached is exit 5, after the report.
    """
    from sentinai_cli.services.health import Setting, check_health
    from sentinai_cli.services.health_check import chosen
    from sentinai_cli.services.health_registry import HEALTH

    runtime = Runtime.of(ctx)
    names, skipped = _split(only), _split(skip)
    total = len(chosen(HEALTH, names, skipped))
    settings = runtime.settings
    setting = Setting(
        embedded=runtime.is_embedded,
        now=runtime.now,
        thresholds=settings.health,
        home=settings.home if runtime.is_embedded else None,
        pool=settings.pool_size + settings.max_overflow,
    )

    def look(advance: Callable[[int], None]) -> "tuple[HealthReport, SentinaiError | None]":
        return check_health(runtime.database, setting, only=names, skip=skipped, advance=advance)

    def tell(found: "tuple[HealthReport, SentinaiError | None]") -> None:
        report, lost = found
        _tell(runtime, report)
        if lost is not None:
            runtime.note(f"{lost.what}; trying again")

    if watch is not None:
        watched(runtime, watch, lambda: look(lambda _: None), tell)
    with runtime.progress("Checking", total) as advance:
        report, lost = look(advance)
    _tell(runtime, report)
    if lost is not None:
        raise lost
    if bad := _not_ok(report, fail_on, "health"):
        said, why, fix = bad
        if report.state == "fail":
            raise CheckFailed("unhealthy", said, why=why, fix=fix)
        raise CheckFailed("health_unproven", said, why=why, fix=fix)


@app.command(
    "isolation",
    examples=[
        "sentinai health isolation # catalogue, rows, and a live probe",
        "sentinai health isolation --fail-on warn -o json # for CI: nothing short of ok will do",
        "sentinai health isolation --only policies,probe # some of the checks",
    ],
    following=["sentinai events verify --all-tenants # that nobody altered the history either"],
)
def isolation(
    ctx: typer.Context,
    *,
    only: Annotated[list[str] | None, _only(ISOLATION_CHECKS)] = None,
    fail_on: FailOn = "fail",
) -> None:
    """Prove that no tenant can reach another's rows, or name what lets it.

    Reads the catalogue (policies, keys, roles, grants, functions, views, triggers), looks for rows whose parent
    belongs to another tenant, and then, as one tenant, tries to read, change, add and remove another's rows in every
    table. The probe's own rows are rolled back; nothing is changed.

    Exit 4 when a check fails, with the object at fault and the SQL that mends it. A check that could not be made is
    `unknown`: exit 0, unless --fail-on says otherwise.
    """
    from sentinai_cli.services.health import check_isolation

    runtime = Runtime.of(ctx)
    names = _split(only)
    with runtime.progress("Checking", len(names or ISOLATION_CHECKS)) as advance:
        report = check_isolation(runtime.database, embedded=runtime.is_embedded, only=names, advance=advance)
    _tell(runtime, report)
    if bad := _not_ok(report, fail_on, "isolation"):
        said, why, fix = bad
        if report.state == "fail":
            raise CheckFailed("isolation_broken", said, why=why, fix=fix)
        raise CheckFailed("isolation_unproven", said, why=why, fix=fix)


def _split(given: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(name.strip() for words in given or () for name in words.split(","))


def _tell(runtime: Runtime, report: "HealthReport") -> None:
    runtime.show(report)
    if unknown := [check.check for check in report.items if check.state == "unknown"]:
        runtime.note(f"could not be checked: {', '.join(unknown)}")


def _not_ok(report: "HealthReport", fail_on: str, what: str) -> tuple[str, str, str | None] | None:
    """What to say of checks that `fail_on` refuses, why, and what mends the first; None when there are none."""
    refused = STATES[: STATES.index(fail_on) + 1]
    bad = [check for check in report.items if check.state in refused]
    if not bad:
        return None
    first = next(one for one in bad[0].evidence if one.state == bad[0].state)
    said = f"one check of {what} is not ok" if len(bad) == 1 else f"{len(bad)} checks of {what} are not ok"
    return said, f"the first: {first.object}: {first.finding}", first.fix
