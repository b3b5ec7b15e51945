"""`sentinai health`: checks with remedies."""

from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.options import one_of
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import CheckFailed

if TYPE_CHECKING:
    from sentinai_cli.models.health import HealthReport

app = Commands(help="Checks with remedies: whether tenants are kept apart.")

STATES = ("fail", "unknown", "warn")
CHECKS = (
    *("tables", "row_security", "policies", "keys", "roles", "logins"),
    *("functions", "views", "grants", "triggers", "parents", "probe"),
)
"""The names that the service's registry has, so that help can tell them without loading it."""


@app.command(
    "isolation",
    examples=[
        "sentinai health isolation # catalogue, rows, and a live probe",
        "sentinai health isolation --fail-on warn -o json # for CI: nothing short of ok will do",
        "sentinai health isolation --only policies --only probe # some of the checks",
    ],
    following=["sentinai events verify --all-tenants # that nobody altered the history either"],
)
def isolation(
    ctx: typer.Context,
    *,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="CHECK", help=f"Only this check, of {', '.join(CHECKS)}.", show_default=False),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on", metavar="|".join(STATES), parser=one_of(STATES), help="The least state that is exit 4."
        ),
    ] = "fail",
) -> None:
    """Prove that no tenant can reach another's rows, or name what lets it.

    Reads the catalogue (policies, keys, roles, grants, functions, views, triggers), looks for rows whose parent
    belongs to another tenant, and then, as one tenant, tries to read, change, add and remove another's rows in every
    table. The probe's own rows are rolled back; nothing is changed.

    Exit 4 when a check fails, with the object at fault and the SQL that mends it. A check that could not be made is
    `unknown`: exit 0, unless --fail-on says otherwise.
    """
    from sentinai_cli.services.health import ISOLATION, check_isolation

    runtime = Runtime.of(ctx)
    with runtime.progress("Checking", len(only) if only else len(ISOLATION)) as advance:
        report = check_isolation(runtime.database, embedded=runtime.is_embedded, only=only or (), advance=advance)
    runtime.show(report)
    unknown = [check.check for check in report.items if check.state == "unknown"]
    if unknown:
        runtime.note(f"could not be checked: {', '.join(unknown)}")
    _refuse(report, STATES[: STATES.index(fail_on) + 1])


def _refuse(report: "HealthReport", refused: tuple[str, ...]) -> None:
    bad = [check for check in report.items if check.state in refused]
    if bad:
        first = next(one for one in bad[0].evidence if one.state == bad[0].state)
        raise CheckFailed(
            "isolation_broken" if report.state == "fail" else "isolation_unproven",
            "one check of isolation is not ok" if len(bad) == 1 else f"{len(bad)} checks of isolation are not ok",
            why=f"the first: {first.object}: {first.finding}",
            fix=first.fix,
        )
