"""`sentinai exceptions similar`."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.exception_filter import Asked, filtered_by
from sentinai_cli.cli.options import AllTenantsFlag, Cursor, Limit, Tenant, whole
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "similar",
    examples=[
        "sentinai exceptions similar EXCEPTION # cases like it, and how those that are resolved were resolved",
        "sentinai exceptions similar EXCEPTION --status resolved --limit 3 # what helped before",
        "sentinai exceptions similar EXCEPTION -o json --fields exception_id,score,reasons.what # why they are alike",
    ],
    following=["sentinai exceptions timeline EXCEPTION # what was done about one of them"],
)
@filtered_by("status", "severity", "owner", "source", "entity")
def similar(
    ctx: typer.Context,
    *,
    exception_id: Annotated[str, typer.Argument(metavar="EXCEPTION", help="The exception's id.", show_default=False)],
    asked: Asked,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    limit: Limit = 10,
    cursor: Cursor = None,
    scan_limit: Annotated[
        int,
        typer.Option(
            "--scan-limit",
            metavar="N",
            parser=whole(1, "rows"),
            help="Compare so many of its type, entity and source each, the newest.",
        ),
    ] = 1000,
) -> None:
    """List cases of the same tenant that are like this one, the most alike first, with what makes them alike.

    A score is out of 100: 40 for the same type, 20 for the same entity, up to 20 for values that stand in the same
    place of both payloads, 15 for an amount within 10 % in the same currency (half of them within 50 %), 5 for the
    same source, which alone is no likeness.

    Compared are the newest of its type, of its entity and of its source, which indexes find; page.scanned says how
    many, and page.exhaustive whether that was all of them.
    """
    from sentinai_cli.services.exception_similar import similar_exceptions

    runtime = Runtime.of(ctx)
    found = similar_exceptions(
        runtime.database,
        runtime.reading_scope(tenant, all_tenants),
        exception_id,
        asked.chosen(runtime.now()),
        limit=limit,
        cursor=cursor,
        most=scan_limit,
        now=runtime.now(),
    )
    runtime.show(found)
    if not found.page.exhaustive:
        runtime.note(
            f"compared with {found.page.scanned:,}, the newest {scan_limit:,} of its type, entity or source at most; "
            "a larger --scan-limit compares more"
        )
