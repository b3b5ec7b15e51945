"""`sentinai exceptions`: find and understand."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.options import (
    All,
    AllTenantsFlag,
    Cursor,
    Domains,
    Limit,
    Severities,
    Since,
    Statuses,
    Tenant,
    Total,
    Types,
    Until,
)
from sentinai_cli.cli.runtime import Runtime

if TYPE_CHECKING:
    from sentinai_cli.models.exception import ExceptionFilter

app = Commands(help="Exceptions: list, show, count.")


@app.command(
    "list",
    examples=[
        "sentinai exceptions list # newest first, every tenant",
        "sentinai exceptions list --tenant TENANT_FINANCE_001 --severity high --severity critical # its worst",
        "sentinai exceptions list --status open --since 2h # what came in and nobody has touched",
        "sentinai exceptions list --type CASH_BREAK -o json --fields exception_id,amount,currency # for a script",
    ],
    following=["sentinai exceptions show EXCEPTION # one of them, with payload and timeline"],
)
def list_(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    status: Statuses = None,
    severity: Severities = None,
    type_: Types = None,
    domain: Domains = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    everything: All = False,
    total: Total = False,
) -> None:
    """List exceptions, newest first.

    Options that may be given several times match any of their values; different options must all match. An empty
    list means that nothing matches: an unknown tenant is an error (exit 3).
    """
    from sentinai_cli.services.exception import list_exceptions

    runtime = Runtime.of(ctx)
    chosen = _filter(status=status, severity=severity, type_=type_, domain=domain, since=since, until=until)
    scope = runtime.reading_scope(tenant, all_tenants)
    found = list_exceptions(
        runtime.database, scope, chosen, limit=None if everything else limit, cursor=cursor, total=total
    )
    runtime.show(found)


@app.command(
    "show",
    examples=[
        "sentinai exceptions show EXCEPTION # attributes, payload and timeline",
        "sentinai exceptions show EXCEPTION -o json --fields raw_payload # the payload alone",
    ],
    following=["sentinai events verify --tenant TENANT_FINANCE_001 # that its history is whole"],
)
def show(
    ctx: typer.Context,
    *,
    exception_id: Annotated[str, typer.Argument(metavar="EXCEPTION", help="The exception's id.", show_default=False)],
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """Show one exception: attributes, payload and timeline.

    Without a tenant every tenant is searched; an id that several tenants have is an error that lists them.
    """
    from sentinai_cli.services.exception import show_exception

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(show_exception(runtime.database, scope, exception_id))


@app.command(
    "why",
    examples=[
        "sentinai exceptions why EXCEPTION # why it is as severe as it is",
        "sentinai exceptions why EXCEPTION -o json --fields layer,rule,tried # for a script",
    ],
    following=["sentinai packs effective --tenant TENANT_FINANCE_001 --explain # everything that holds for its tenant"],
)
def why(
    ctx: typer.Context,
    *,
    exception_id: Annotated[str, typer.Argument(metavar="EXCEPTION", help="The exception's id.", show_default=False)],
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """Explain what the active packs decide about an exception: every rule with its result, and the winner.

    It is judged anew by its payload; a stored severity that differs is named, with the reason as far as it is known.
    """
    from sentinai_cli.services.pack_why import why_exception

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(why_exception(runtime.database, scope, exception_id))


@app.command(
    "stats",
    examples=[
        "sentinai exceptions stats # every tenant",
        "sentinai exceptions stats --tenant TENANT_FINANCE_001 --since yesterday # one tenant's newest",
    ],
    following=["sentinai exceptions list --status open --severity critical # the rows behind a number"],
)
def stats(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    status: Statuses = None,
    severity: Severities = None,
    type_: Types = None,
    domain: Domains = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Count exceptions by tenant, type, status and severity, and how many are past their SLA deadline."""
    from sentinai_cli.services.exception import exception_stats

    runtime = Runtime.of(ctx)
    chosen = _filter(status=status, severity=severity, type_=type_, domain=domain, since=since, until=until)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(exception_stats(runtime.database, scope, chosen, at=runtime.now()))


def _filter(
    *,
    status: Iterable[str] | None,
    severity: Iterable[str] | None,
    type_: Iterable[str] | None,
    domain: Iterable[str] | None,
    since: datetime | None,
    until: datetime | None,
) -> "ExceptionFilter":
    """The filter that these options spell; the order of their values does not matter."""
    from sentinai_cli.models.exception import ExceptionFilter, Severity, Status

    return ExceptionFilter(
        statuses=tuple(sorted({Status(name) for name in status or ()})),
        severities=tuple(sorted({Severity(name) for name in severity or ()})),
        types=tuple(sorted(set(type_ or ()))),
        domains=tuple(sorted(set(domain or ()))),
        since=since,
        until=until,
    )
