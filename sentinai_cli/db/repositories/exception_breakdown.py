"""Counting exceptions by chosen attributes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, select

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.exception_condition import UNRESOLVED, everything
from sentinai_cli.db.schema import exception
from sentinai_cli.models.exception import ExceptionFilter
from sentinai_cli.models.exception_breakdown import BreakdownRow, By

_COLUMNS: dict[By, ColumnElement[Any]] = {
    By.TENANT: exception.c.tenant_id,
    By.DOMAIN: exception.c.domain,
    By.TYPE: exception.c.type,
    By.SEVERITY: exception.c.severity,
    By.STATUS: exception.c.status,
    By.SOURCE: exception.c.source_system,
    By.ENTITY: exception.c.entity,
    By.OWNER: exception.c.owner,
    By.DAY: cast(func.timezone("UTC", exception.c.created_at), Date),
}


class ExceptionBreakdownRepository(Repository):
    """Reads every row that matches, of the tenants in scope and no others."""

    def of(self, chosen: ExceptionFilter, by: Sequence[By], *, at: datetime, limit: int) -> list[BreakdownRow]:
        """Up to `limit` groups: days in order when the day comes first, else the largest first."""
        keys = [_COLUMNS[one].label(one.value) for one in by]
        inner = (
            select(
                *keys,
                func.count().label("count"),
                func.count().filter(UNRESOLVED).label("unresolved"),
                func.count().filter(UNRESOLVED, exception.c.sla_deadline < at).label("breached"),
            )
            .where(self._in_scope(exception), *everything(chosen))
            .group_by(*keys)
            .subquery()
        )
        names = [inner.c[one.value].asc().nulls_last() for one in by]
        order = names if by[0] is By.DAY else [inner.c["count"].desc(), *names]
        rows = self._connection.execute(select(inner).order_by(*order).limit(limit)).mappings()
        return [BreakdownRow.model_validate(dict(row)) for row in rows]
