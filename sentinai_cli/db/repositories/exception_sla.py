"""Counts behind deadlines: what is unresolved, by when it is due; what came, and what was resolved."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Float, Integer, Interval, and_, case, cast, extract, func, literal, select

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.exception_condition import UNRESOLVED, at_risk, everything
from sentinai_cli.db.schema import exception, exception_event
from sentinai_cli.models.event import EventType
from sentinai_cli.models.exception import ExceptionFilter, Severity, Status

_GROUP = (exception.c.tenant_id, exception.c.severity)


class Due(NamedTuple):
    """`hour` counts from 0; -1 is past the deadline, None without one."""

    tenant_id: str
    severity: Severity
    hour: int | None
    number: int
    at_risk: int


class Came(NamedTuple):
    """`hours` from creation to deadline, to the quarter; None without a deadline."""

    tenant_id: str
    severity: Severity
    hours: float | None
    number: int


class Resolved(NamedTuple):
    tenant_id: str
    severity: Severity
    number: int


class ExceptionSlaRepository(Repository):
    """Each method counts by tenant and severity as it is now, what matches of the tenants in scope and no others."""

    def due(self, chosen: ExceptionFilter, *, at: datetime, hours: int) -> list[Due]:
        """What is not resolved, by the hour from `at` on in which its deadline comes; `hours` stands for all later."""
        left = _hours(exception.c.sla_deadline - literal(at, exception.c.created_at.type))
        hour = case(
            (exception.c.sla_deadline < at, -1), else_=func.least(hours, cast(func.floor(left), Integer))
        ).label("hour")
        counted = (
            select(*_GROUP, hour, func.count(), func.count().filter(at_risk(at)))
            .where(self._in_scope(exception), UNRESOLVED, exception.c.sla_deadline.is_not(None), *everything(chosen))
            .group_by(*_GROUP, hour)
        )
        without = (
            select(*_GROUP, cast(None, Integer), func.count(), literal(0))
            .where(self._in_scope(exception), UNRESOLVED, exception.c.sla_deadline.is_(None), *everything(chosen))
            .group_by(*_GROUP)
        )
        rows = [*self._connection.execute(counted), *self._connection.execute(without)]
        return [Due(row[0], Severity(row[1]), *row[2:]) for row in rows]

    def arrivals(self, chosen: ExceptionFilter, *, since: datetime, until: datetime) -> list[Came]:
        """What was created in that time, by how long it had."""
        window = _hours(exception.c.sla_deadline - exception.c.created_at)
        hours = cast(func.round(window * 4) / 4, Float).label("hours")
        wanted = (
            select(*_GROUP, hours, func.count())
            .where(
                self._in_scope(exception),
                exception.c.created_at >= since,
                exception.c.created_at < until,
                *everything(chosen),
            )
            .group_by(*_GROUP, hours)
        )
        return [Came(row[0], Severity(row[1]), *row[2:]) for row in self._connection.execute(wanted)]

    def resolutions(self, chosen: ExceptionFilter, *, since: datetime, until: datetime) -> list[Resolved]:
        """How many were resolved in that time, each resolution counted, those that were reopened too."""
        event = exception_event.c
        wanted = (
            select(*_GROUP, func.count())
            .join_from(
                exception_event,
                exception,
                and_(event.tenant_id == exception.c.tenant_id, event.exception_id == exception.c.exception_id),
            )
            .where(
                self._in_scope(exception_event),
                self._in_scope(exception),
                event.created_at >= since,
                event.created_at < until,
                event.event_type == EventType.STATUS_CHANGED.value,
                event.payload["after"].astext == Status.RESOLVED.value,
                *everything(chosen),
            )
            .group_by(*_GROUP)
        )
        return [Resolved(row[0], Severity(row[1]), row[2]) for row in self._connection.execute(wanted)]


def _hours(length: ColumnElement[Any]) -> ColumnElement[Any]:
    return extract("epoch", cast(length, Interval)) / 3600
