"""`sentinai exceptions sla`."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.exception_filter import Asked, filtered_by
from sentinai_cli.cli.moment import parse_span
from sentinai_cli.cli.options import AllTenantsFlag, Tenant
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.cli.watch import Watch, watched
from sentinai_cli.errors import InvalidInput

if TYPE_CHECKING:
    from sentinai_cli.models.exception_forecast import SlaReport

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=90)


@app.command(
    "sla",
    examples=[
        "sentinai exceptions sla # what is late, nearly late, and will be",
        "sentinai exceptions sla --tenant TENANT_FINANCE_001 --severity critical,high # one tenant's worst",
        "sentinai exceptions sla --lookback 7d -o json --fields tenant_id,severity,forecast_8h # by a week's rates",
    ],
    following=[
        "sentinai exceptions list --at-risk --sort deadline # what must be taken now",
        "sentinai exceptions list --breached --sort deadline # what is late, the latest first",
    ],
)
@filtered_by("severity", "type_", "domain", "source", "entity")
def sla(
    ctx: typer.Context,
    *,
    asked: Asked,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    lookback: Annotated[
        str, typer.Option("--lookback", metavar="SPAN", help="Count arrivals and resolutions of so long, 1h to 90d.")
    ] = "24h",
    watch: Watch = None,
) -> None:
    """Tell by tenant and severity what is breached, at risk and due, and forecast what will breach in 4, 8 and 24 h.

    At risk: 80 % of the time from creation to deadline are used. Due: the deadline comes within so many hours, whatever
    is done. Forecast: what of it, and of what arrives, is not resolved in time if arrivals and resolutions go on at the
    rates of --lookback, nearest deadline first, each severity of a tenant for itself, with what is breached already
    left for later. It is an estimate from these figures and knows nothing of shifts and week-ends.
    """
    from sentinai_cli.services.exception_sla import sla_report

    runtime = Runtime.of(ctx)
    length = parse_span(lookback)
    if not SHORTEST <= length <= LONGEST:
        raise InvalidInput("invalid_span", f"--lookback {lookback[:40]} is not between 1h and 90d")
    scope = runtime.reading_scope(tenant, all_tenants)

    def look() -> "SlaReport":
        now = runtime.now()
        return sla_report(runtime.database, scope, asked.chosen(now), at=now, lookback=length)

    watched(runtime, watch, look, runtime.show)
