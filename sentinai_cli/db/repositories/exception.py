"""Exceptions: the lists and counts that are sold, each served by an index; and bulk loading."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, RowMapping, Select, and_, false, func, or_, select, true

from sentinai_cli.db.driver import driver
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.bulk_load import load_staged
from sentinai_cli.db.repositories.copy_text import copy_text
from sentinai_cli.db.repositories.exception_condition import UNRESOLVED, everything, indexed, looked_at, ranked
from sentinai_cli.db.repositories.exception_order import Order, parts
from sentinai_cli.db.schema import exception, tenant
from sentinai_cli.models.exception import (
    ExceptionCount,
    ExceptionFilter,
    ExceptionKey,
    ExceptionSummary,
    NewException,
    Sort,
)
from sentinai_cli.models.exception_record import ExceptionRecord
from sentinai_cli.models.prepared_exception import prepared
from sentinai_cli.models.scope import TenantScope

_SUMMARY = [exception.c[name] for name in (*ExceptionSummary.model_fields, "severity_rank", "amount_rank")]
_DOCUMENTS = [exception.c.raw_payload, exception.c.normalized_context]


class Walked(NamedTuple):
    """One step of a walk: rows looked at, the last of them, and those that fit, each with its place from 1."""

    scanned: int
    last: ExceptionKey | None
    found: list[tuple[int, ExceptionSummary]]


class ExceptionRepository(Repository):
    """Every order ends with (exception_id, tenant_id), which no two rows share."""

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

    def page(
        self, chosen: ExceptionFilter, *, after: ExceptionKey | None, limit: int, sort: Sort = Sort.CREATED
    ) -> list[ExceptionSummary]:
        """Up to `limit` rows that come behind `after`. What an index answers costs the same on every page.

        Across tenants each tenant's first are read from its own index and then merged.
        """
        return [_summary(row) for row in self._page(_SUMMARY, chosen, after, limit, sort)]

    def records(
        self, chosen: ExceptionFilter, *, after: ExceptionKey | None, limit: int
    ) -> list[tuple[ExceptionKey, ExceptionRecord]]:
        """The same, newest first, as records with both documents."""
        rows = self._page([*_SUMMARY, *_DOCUMENTS], chosen, after, limit, Sort.CREATED)
        return [(ExceptionKey.of(_summary(row)), ExceptionRecord.of(dict(row))) for row in rows]

    def walk(
        self, chosen: ExceptionFilter, *, after: ExceptionKey | None, step: int, sort: Sort = Sort.CREATED
    ) -> Iterator[Walked]:
        """Go through the rows that indexes leave, `step` at a time, and look at each for the rest of the filter.

        Steps are taken as they are asked for: whoever stops in time reads no further.
        """
        # In the order of amounts those of a range stand together; in another one it would be looked for all over.
        found_by = [*indexed(chosen), *(ranked(chosen) if sort is Sort.AMOUNT else [])]
        for part in parts(sort, after, chosen):
            conditions = part.conditions
            while True:
                batch = self._step([*found_by, *conditions], looked_at(chosen), part.order, step)
                yield batch
                if batch.scanned < step or batch.last is None:
                    break
                conditions = parts(sort, batch.last, chosen)[0].conditions

    def _page(
        self,
        columns: Sequence[ColumnElement[Any]],
        chosen: ExceptionFilter,
        after: ExceptionKey | None,
        limit: int,
        sort: Sort,
    ) -> list[RowMapping]:
        found: list[RowMapping] = []
        for part in parts(sort, after, chosen):
            if len(found) < limit:
                conditions = [*everything(chosen), *part.conditions]
                rows = self._sorted(columns, conditions, part.order, limit - len(found))
                found += self._connection.execute(rows).mappings()
        return found

    def _step(
        self, conditions: list[ColumnElement[bool]], wanted: list[ColumnElement[bool]], order: Order, step: int
    ) -> Walked:
        """The rows among the next `step` that are wanted, and the last one of them all."""
        fits = func.coalesce(and_(true(), *wanted), false()).label("fits")
        walked = self._sorted([*_SUMMARY, fits], conditions, order, step).cte("walked")
        numbered = select(
            walked, func.row_number().over(order_by=order.by(walked.c)).label("no"), func.count().over().label("n")
        ).subquery()
        kept = select(numbered).where(or_(numbered.c.fits, numbered.c.no == numbered.c.n)).order_by(numbered.c.no.asc())
        found, scanned, last = [], 0, None
        for row in self._connection.execute(kept).mappings():
            summary = _summary(row)
            scanned, last = row["n"], ExceptionKey.of(summary)
            if row["fits"]:
                found.append((row["no"], summary))
        return Walked(scanned, last, found)

    def _sorted(
        self, columns: Sequence[ColumnElement[Any]], conditions: list[ColumnElement[bool]], order: Order, limit: int
    ) -> Select[Any]:
        """The first `limit` rows that meet the conditions."""
        if isinstance(self._scope, TenantScope):
            own = select(*columns).where(self._in_scope(exception), *conditions)
            return own.order_by(*order.by(exception.c)).limit(limit)
        each = (
            select(*columns)
            .where(exception.c.tenant_id == tenant.c.tenant_id, *conditions)
            .order_by(*order.by(exception.c))
            .limit(limit)
            .correlate(tenant)
            .lateral("first")
        )
        names = [column.name for column in columns]
        merged = select(*[each.c[name] for name in names]).select_from(tenant.join(each, true()))
        return merged.order_by(*order.by(each.c)).limit(limit)

    def worst_unresolved(self, limit: int) -> list[ExceptionSummary]:
        """Up to `limit` rows that are not resolved: the severest first, then the nearest deadline, none last."""
        rows = (
            select(*_SUMMARY)
            .where(self._in_scope(exception), UNRESOLVED)
            .order_by(
                exception.c.severity_rank.desc(),
                exception.c.sla_deadline.asc().nulls_last(),
                exception.c.tenant_id,
                exception.c.exception_id,
            )
            .limit(limit)
        )
        return [_summary(row) for row in self._connection.execute(rows).mappings()]

    def count(self, chosen: ExceptionFilter) -> int:
        """How many match; reads them all."""
        wanted = select(func.count()).select_from(exception)
        return self._connection.execute(wanted.where(self._in_scope(exception), *everything(chosen))).scalar_one()

    def groups(self, chosen: ExceptionFilter) -> list[ExceptionCount]:
        """How many match, by tenant, type, status and severity."""
        keys = [exception.c.tenant_id, exception.c.type, exception.c.status, exception.c.severity]
        wanted = (
            select(*keys, func.count().label("count"))
            .where(self._in_scope(exception), *everything(chosen))
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
            UNRESOLVED,
        )
        return self._connection.execute(current).scalar_one()

    def count_breached(self, chosen: ExceptionFilter, at: datetime) -> int:
        """How many of those that match are not resolved and past their deadline at `at`."""
        wanted = select(func.count()).select_from(exception)
        breached = wanted.where(
            self._in_scope(exception), *everything(chosen), UNRESOLVED, exception.c.sla_deadline < at
        )
        return self._connection.execute(breached).scalar_one()


def _summary(row: RowMapping) -> ExceptionSummary:
    return ExceptionSummary.model_validate({name: row[name] for name in ExceptionSummary.model_fields})
