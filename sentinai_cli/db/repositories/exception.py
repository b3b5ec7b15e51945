"""Exceptions: the lists and counts that are sold, each served by an index; and bulk loading."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, select, true, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from sentinai_cli.db.driver import driver
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.bulk_load import load_staged
from sentinai_cli.db.repositories.copy_text import copy_text
from sentinai_cli.db.schema import exception, tenant
from sentinai_cli.models.database import TenantRows
from sentinai_cli.models.exception import (
    ExceptionCount,
    ExceptionFilter,
    ExceptionKey,
    ExceptionSummary,
    NewException,
    Status,
)
from sentinai_cli.models.prepared_exception import prepared
from sentinai_cli.models.scope import TenantScope

_SUMMARY = [exception.c[name] for name in ExceptionSummary.model_fields]
_UNRESOLVED = exception.c.status != Status.RESOLVED.value


class ExceptionRepository(Repository):
    """Sorted newest first by (created_at, exception_id, tenant_id), which no two rows share."""

    def get(self, tenant_id: str, exception_id: str) -> RowMapping | None:
        """The whole row."""
        wanted = select(exception).where(
            self._in_scope(exception), exception.c.tenant_id == tenant_id, exception.c.exception_id == exception_id
        )
        return self._connection.execute(wanted).mappings().first()

    def lock(self, tenant_id: str, exception_id: str) -> bool:
        """Keep everybody else from changing the exception until the transaction ends; whether there is one."""
        wanted = (
            select(exception.c.exception_id)
            .where(
                self._in_scope(exception), exception.c.tenant_id == tenant_id, exception.c.exception_id == exception_id
            )
            .with_for_update()
        )
        return self._connection.execute(wanted).first() is not None

    def owners_of(self, exception_id: str) -> list[str]:
        """The tenants in scope that have an exception of this id, by id."""
        wanted = (
            select(exception.c.tenant_id)
            .where(self._in_scope(exception), exception.c.exception_id == exception_id)
            .order_by(exception.c.tenant_id)
        )
        return list(self._connection.scalars(wanted))

    def load(self, tenant_id: str, records: Iterable[NewException]) -> int:
        """Insert one tenant's records, events included, that are not there yet; how many were inserted.

        Raises ValueError for a record of another tenant.
        """
        return load_staged(driver(self._connection), tenant_id, copy_text(tenant_id, map(prepared, records)))

    def page(self, chosen: ExceptionFilter, *, after: ExceptionKey | None, limit: int) -> list[ExceptionSummary]:
        """Up to `limit` rows that come behind `after`, newest first. Costs the same on every page.

        Across tenants each tenant's newest are read from its own index and then merged.
        """
        if isinstance(self._scope, TenantScope):
            own = select(*_SUMMARY).where(self._in_scope(exception), *_conditions(chosen, after))
            rows = own.order_by(*_newest_first(exception.c)).limit(limit)
        else:
            each = (
                select(*_SUMMARY)
                .where(exception.c.tenant_id == tenant.c.tenant_id, *_conditions(chosen, after))
                .order_by(*_newest_first(exception.c))
                .limit(limit)
                .correlate(tenant)
                .lateral("newest")
            )
            merged = select(*each.c).select_from(tenant.join(each, true()))
            rows = merged.order_by(*_newest_first(each.c)).limit(limit)
        return [ExceptionSummary.model_validate(dict(row)) for row in self._connection.execute(rows).mappings()]

    def worst_unresolved(self, limit: int) -> list[ExceptionSummary]:
        """Up to `limit` rows that are not resolved: the severest first, then the nearest deadline, none last."""
        rows = (
            select(*_SUMMARY)
            .where(self._in_scope(exception), _UNRESOLVED)
            .order_by(
                exception.c.severity_rank.desc(),
                exception.c.sla_deadline.asc().nulls_last(),
                exception.c.tenant_id,
                exception.c.exception_id,
            )
            .limit(limit)
        )
        return [ExceptionSummary.model_validate(dict(row)) for row in self._connection.execute(rows).mappings()]

    def count(self, chosen: ExceptionFilter) -> int:
        """How many match; reads them all."""
        wanted = select(func.count()).select_from(exception)
        return self._connection.execute(wanted.where(self._in_scope(exception), *_conditions(chosen))).scalar_one()

    def groups(self, chosen: ExceptionFilter) -> list[ExceptionCount]:
        """How many match, by tenant, type, status and severity."""
        keys = [exception.c.tenant_id, exception.c.type, exception.c.status, exception.c.severity]
        wanted = (
            select(*keys, func.count().label("count"))
            .where(self._in_scope(exception), *_conditions(chosen))
            .group_by(*keys)
            .order_by(*keys)
        )
        return [ExceptionCount.model_validate(dict(row)) for row in self._connection.execute(wanted).mappings()]

    def count_in_playbook(self, tenant_id: str, playbook_id: str) -> int:
        """How many of a tenant's unresolved exceptions have this playbook as their current one."""
        wanted = select(func.count()).select_from(exception)
        current = wanted.where(
            self._in_scope(exception),
            exception.c.tenant_id == tenant_id,
            exception.c.current_playbook_id == playbook_id,
            _UNRESOLVED,
        )
        return self._connection.execute(current).scalar_one()

    def count_breached(self, chosen: ExceptionFilter, at: datetime) -> int:
        """How many of those that match are not resolved and past their deadline at `at`."""
        wanted = select(func.count()).select_from(exception)
        breached = wanted.where(
            self._in_scope(exception), *_conditions(chosen), _UNRESOLVED, exception.c.sla_deadline < at
        )
        return self._connection.execute(breached).scalar_one()

    def rows_by_tenant(self) -> list[TenantRows]:
        """What each tenant in scope holds, tenants without rows included, by id."""
        counts = (
            select(
                func.count().label("exceptions"),
                func.count().filter(_UNRESOLVED).label("unresolved"),
                func.max(exception.c.created_at).label("newest"),
                func.coalesce(func.sum(exception.c.last_event_no), 0).label("events"),
            )
            .where(exception.c.tenant_id == tenant.c.tenant_id)
            .correlate(tenant)
            .lateral("held")
        )
        wanted = (
            select(tenant.c.tenant_id, *counts.c)
            .select_from(tenant.join(counts, true()))
            .where(self._in_scope(tenant))
            .order_by(tenant.c.tenant_id)
        )
        return [TenantRows.model_validate(dict(row)) for row in self._connection.execute(wanted).mappings()]


def _newest_first(columns: ReadOnlyColumnCollection[str, Any]) -> list[ColumnElement[Any]]:
    return [columns.created_at.desc(), columns.exception_id.desc(), columns.tenant_id.desc()]


def _conditions(chosen: ExceptionFilter, after: ExceptionKey | None = None) -> list[ColumnElement[bool]]:
    """One condition for each restriction. `after` is a row comparison: spelled with OR it would read every row."""
    named = (
        (exception.c.status, chosen.statuses),
        (exception.c.severity, chosen.severities),
        (exception.c.type, chosen.types),
        (exception.c.domain, chosen.domains),
    )
    conditions: list[ColumnElement[bool]] = [column.in_(values) for column, values in named if values]
    if chosen.since is not None:
        conditions.append(exception.c.created_at >= chosen.since)
    if chosen.until is not None:
        conditions.append(exception.c.created_at < chosen.until)
    if after is not None:
        place = tuple_(exception.c.created_at, exception.c.exception_id, exception.c.tenant_id)
        conditions.append(place < tuple_(after.created_at, after.exception_id, after.tenant_id))
    return conditions
