"""`sentinai events list|tail|export`."""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.commands.event.group import app
from sentinai_cli.cli.options import All, AllTenantsFlag, Cursor, Limit, Since, Tenant, Total, Until
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput

if TYPE_CHECKING:
    from sentinai_cli.models.event_list import EventFilter

Of = Annotated[str | None, typer.Option("--exception", metavar="ID", help="Of this exception.")]
EventTypes = Annotated[
    list[str] | None, typer.Option("--type", metavar="TYPE", help="Of this event type, for example StatusChanged.")
]
By = Annotated[list[str] | None, typer.Option("--by", metavar="NAME", help="By this actor.")]
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
def list_(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    exception_id: Of = None,
    event_type: EventTypes = None,
    by: By = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    everything: All = False,
    total: Total = False,
) -> None:
    """List events, newest first.

    Options that may be given several times match any of their values; different options must all match.
    """
    from sentinai_cli.services.event_list import list_events

    runtime = Runtime.of(ctx)
    chosen = _filter(exception_id, event_type, by, since, until)
    scope = runtime.reading_scope(tenant, all_tenants)
    found = list_events(
        runtime.database, scope, chosen, limit=None if everything else limit, cursor=cursor, total=total
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
def tail(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    exception_id: Of = None,
    event_type: EventTypes = None,
    by: By = None,
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
    chosen = _filter(exception_id, event_type, by, None, None)
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
def export(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    exception_id: Of = None,
    event_type: EventTypes = None,
    by: By = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Write events as JSON lines that speak for themselves, oldest first within each tenant.

    All are of one moment. An event's id tells repeated messages apart, its number orders an exception's events, and
    its hashes can be recomputed.
    """
    from sentinai_cli.services.event_list import export_events

    runtime = Runtime.of(ctx)
    _choose_lines(runtime, ("jsonl",), "events export")
    chosen = _filter(exception_id, event_type, by, since, until)
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


def _filter(
    exception_id: str | None,
    event_type: Sequence[str] | None,
    by: Sequence[str] | None,
    since: datetime | None,
    until: datetime | None,
) -> "EventFilter":
    """The filter that these options spell; the order of their values does not matter."""
    from sentinai_cli.models.event import EventType
    from sentinai_cli.models.event_list import EventFilter

    known = {kind.value.lower(): kind.value for kind in EventType}
    unknown = [name for name in event_type or () if name.lower() not in known]
    if unknown:
        raise InvalidInput(
            "unknown_word", f"{unknown[0][:40]!r} is no event type", why=f"one of {', '.join(known.values())}"
        )
    return EventFilter(
        exception_id=exception_id,
        types=tuple(sorted({known[name.lower()] for name in event_type or ()})),
        actors=tuple(sorted(set(by or ()))),
        since=since,
        until=until,
    )
