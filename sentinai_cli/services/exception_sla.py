"""How exceptions stand against their deadlines, and what will breach next."""

from collections import defaultdict
from datetime import datetime, timedelta

from sentinai_cli.db.engine import Database
from sentinai_cli.models.exception import ExceptionFilter, Severity
from sentinai_cli.models.exception_forecast import HORIZONS, METHOD, SlaReport, Standing
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import require_tenant


def sla_report(
    database: Database,
    scope: TenantScope | AllTenants,
    chosen: ExceptionFilter,
    *,
    at: datetime,
    lookback: timedelta,
) -> SlaReport:
    """Every tenant and severity that has something unresolved, or had something come or resolved in `lookback`.

    `chosen` restricts by what does not change when an exception is resolved. Raises NotFound for an unknown tenant.
    """
    since = at - lookback
    found: defaultdict[tuple[str, Severity], Standing] = defaultdict(Standing)
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        for due in work.exception_slas.due(chosen, at=at, hours=HORIZONS[-1]):
            standing = found[due.tenant_id, due.severity]
            standing.unresolved += due.number
            standing.at_risk += due.at_risk
            if due.hour is None:
                standing.without_deadline += due.number
            elif due.hour < 0:
                standing.breached += due.number
            else:
                standing.due[due.hour] = due.number
        for came in work.exception_slas.arrivals(chosen, since=since, until=at):
            found[came.tenant_id, came.severity].arrivals[came.hours] = came.number
        for resolved in work.exception_slas.resolutions(chosen, since=since, until=at):
            found[resolved.tenant_id, resolved.severity].resolutions = resolved.number
    hours = lookback.total_seconds() / 3600
    items = [found[key].group(*key, hours=hours) for key in sorted(found, key=lambda key: (key[0], -key[1].rank))]
    return SlaReport(items=tuple(items), page=Page.of_all(len(items)), at=at, since=since, method=METHOD)
