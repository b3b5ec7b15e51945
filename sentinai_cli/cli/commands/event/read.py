"""`sentinai events list|tail|export`."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from sentinai_cli.cli.commands.event.group import app
from sentinai_cli.cli.event_filter import Asked, filtered, filtered_by
from sentinai_cli.cli.options import All, AllTenantsFlag, Cursor, Limit, ScanLimit, Tenant, Total
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput

PAUSE = 1.0
"""Seconds between looks for what is new."""


@app.command(
    "list",
    examples=[
        "sentinai events list --since 2h # what happened lately, every tenant",
        "sentinai events list --tenant TENANT_FINANCE_001 --type Escalated --type Reopened # one tenant's trouble",
    ],
    following=["sentinai exceptions show EXCEPTION # one exception with its whole timeline"],
)
@filtered
def list_(
    ctx: typer.Context,
    *,
    asked: Asked,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    everything: All = False,
    total: Total = False,
    scan_limit: ScanLimit = 100_000,
) -> None:
    """List events, newest first.

    Options that may be given several times match any of their values; different options must all match.

    No index answers --type and --by: events are looked at one by one, and a page ends once --scan-limit were
    (page.scanned says how many); its cursor goes on from there.
    """
    from sentinai_cli.services.event_list import list_events

    runtime = Runtime.of(ctx)
    chosen = asked.chosen()
    scope = runtime.reading_scope(tenant, all_tenants)
    found = list_events(
        runtime.database,
        scope,
        chosen,
        limit=None if everything else limit,
        cursor=cursor,
        total=total,
        scan_limit=scan_limit,
    )
    runtime.show(found)


@app.command(
    "tail",
    examples=[
        "sentinai events tail # the newest ten, the newest last",
        "sentinai events tail --follow --type Escalated -o jsonl # each one as it happens, for a script",
        "sentinai events tail --follow --last 0 --limit 1 # wait for the next one",
    ],
    following=["sentinai exceptions show EXCEPTION # what it is about"],
)
@filtered_by("exception_id", "event_type", "by")
def tail(
    ctx: typer.Context,
    *,
    asked: Asked,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")] = False,
    last: Annotated[int, typer.Option("--last", metavar="N", min=0, max=10_000, help="Begin with so many.")] = 10,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="End after so many new ones.", show_default=False)
    ] = None,
) -> None:
    """Show the newest events, and with --follow those that come, until it is interrupted.

    Events come in the order in which they settle: while a transaction is open somewhere, what it may still join
    waits. In a pipe the format is JSON lines. It goes on through a restart of the server.
    """
    from sentinai_cli.services.event_list import follow_events

    runtime = Runtime.of(ctx)
    _choose_lines(runtime, ("table", "jsonl"), "events tail")
    chosen = asked.chosen()
    scope = runtime.reading_scope(tenant, all_tenants)
    seen = 0
    batches = follow_events(runtime.database, scope, chosen, last=last, wait=_pause(follow), say=runtime.note)
    for number, batch in enumerate(batches):
        fresh = batch if number == 0 or limit is None else type(batch).whole(batch.items[: limit - seen])
        if fresh.items:
            runtime.show(fresh)
        seen += len(fresh.items) if number else 0
        if limit is not None and seen >= limit:
            return


@app.command(
    "export",
    examples=[
        "sentinai events export --all-tenants # every event, a JSON line each",
        "sentinai events export --tenant TENANT_FINANCE_001 --since yesterday # one tenant's newest, for a broker",
    ],
    following=["sentinai events verify --all-tenants # that what was exported is whole"],
)
@filtered
def export(
    ctx: typer.Context,
    *,
    asked: Asked,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """Write events as JSON lines that speak for themselves, oldest first within each tenant.

    All are of one moment. An event's id tells repeated messages apart, its number orders an exception's events, and
    its hashes can be recomputed.
    """
    from sentinai_cli.services.event_list import export_events

    runtime = Runtime.of(ctx)
    _choose_lines(runtime, ("jsonl",), "events export")
    chosen = asked.chosen()
    scope = runtime.reading_scope(tenant, all_tenants, exports=True)
    for batch in export_events(runtime.database, scope, chosen):
        runtime.show(batch)


def _choose_lines(runtime: Runtime, formats: Sequence[str], command: str) -> None:
    """Formats in which a part can follow a part; without a choice a terminal gets the first, a pipe the last."""
    if runtime.shared.output is None:
        runtime.shared.output = formats[0] if sys.stdout.isatty() else formats[-1]
    if runtime.shared.output not in formats:
        raise InvalidInput("unknown_output", f"{command} writes {' or '.join(formats)}", why="it has no last line")


def _pause(follow: bool) -> Callable[[], bool]:
    def wait() -> bool:
        if follow:
            time.sleep(PAUSE)
        return follow

    return wait
