"""Exceptions counted by chosen attributes."""

from collections.abc import Sequence
from datetime import datetime

from sentinai_cli.db.engine import Database
from sentinai_cli.models.exception import ExceptionFilter
from sentinai_cli.models.exception_breakdown import By, ExceptionBreakdown
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import require_tenant


def breakdown(
    database: Database,
    scope: TenantScope | AllTenants,
    chosen: ExceptionFilter,
    by: Sequence[By],
    *,
    at: datetime,
    limit: int,
) -> ExceptionBreakdown:
    """Up to `limit` groups of what matches, with how many are unresolved and breached at `at`.

    Raises NotFound for an unknown tenant. `by` names at least one attribute.
    """
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        rows = work.exception_breakdowns.of(chosen, by, at=at, limit=limit + 1)
    page = Page(limit=limit, has_more=len(rows) > limit, next=None, total=None)
    return ExceptionBreakdown(items=tuple(rows[:limit]), page=page, by=tuple(by), at=at)
