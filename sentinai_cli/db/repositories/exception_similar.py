"""Cases like one exception: candidates that indexes find, and how alike each of them is."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Numeric,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, array

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.exception_condition import everything
from sentinai_cli.db.schema import exception
from sentinai_cli.models.exception import ExceptionFilter, ExceptionSummary
from sentinai_cli.models.exception_similar import (
    NEAR,
    NEARBY,
    POINTS,
    Likened,
    Likeness,
    SimilarKey,
    amount_points,
)


class Candidates(NamedTuple):
    """Ids of those to compare; `complete` is False when there are more of one type, entity or source."""

    ids: frozenset[str]
    complete: bool


class SimilarRow(NamedTuple):
    """One that is like the asked exception: the names of shared values, and how near the amounts are, or None."""

    score: int
    summary: ExceptionSummary
    shared: tuple[str, ...]
    near: Decimal | None


class ExceptionSimilarRepository(Repository):
    """Both statements stay with the tenant of the asked exception, whatever the scope."""

    def candidates(self, asked: Likened, *, until: datetime, most: int) -> Candidates:
        """The `most` newest of its type, of its entity and of its source that were created until then."""
        ways = [
            select(literal(column.name).label("way"), exception.c.exception_id)
            .where(
                self._in_scope(exception),
                exception.c.tenant_id == asked.tenant_id,
                column == value,
                exception.c.created_at <= until,
            )
            .order_by(exception.c.created_at.desc(), exception.c.exception_id.desc())
            .limit(most)
            .subquery()
            .select()
            for column, value in (
                (exception.c.type, asked.type),
                (exception.c.entity, asked.entity),
                (exception.c.source_system, asked.source_system),
            )
            if value is not None
        ]
        found = self._connection.execute(union_all(*ways)).all()
        ways_full = [way for way in {row[0] for row in found} if sum(row[0] == way for row in found) == most]
        return Candidates(frozenset(row[1] for row in found) - {asked.exception_id}, complete=not ways_full)

    def ranked(
        self,
        asked: Likened,
        among: Collection[str],
        chosen: ExceptionFilter,
        *,
        after: SimilarKey | None,
        limit: int,
    ) -> list[SimilarRow]:
        """Up to `limit` of these that match, behind `after`: the most alike first, then the newest.

        The same source alone is no likeness.
        """
        shared, near = _shared(asked), _near(asked)
        score = (
            case((exception.c.type == asked.type, POINTS[Likeness.TYPE]), else_=0)
            + (
                0
                if asked.entity is None
                else case((exception.c.entity == asked.entity, POINTS[Likeness.ENTITY]), else_=0)
            )
            + case((exception.c.source_system == asked.source_system, POINTS[Likeness.SOURCE]), else_=0)
            + case((near == NEAR, amount_points(NEAR)), (near == NEARBY, amount_points(NEARBY)), else_=0)
            + POINTS[Likeness.PAYLOAD] * func.cardinality(shared, type_=Integer) // max(1, len(asked.values))
        )
        compared = (
            select(
                *[exception.c[name] for name in ExceptionSummary.model_fields],
                score.label("score"),
                shared.label("shared"),
                near.label("near"),
            )
            .where(
                self._in_scope(exception),
                exception.c.tenant_id == asked.tenant_id,
                exception.c.exception_id
                == func.any(cast(literal(sorted(among), ARRAY(Text)), ARRAY(Text(collation="C")))),
                *everything(chosen),
            )
            .subquery()
        )
        place = (compared.c.score, compared.c.created_at, compared.c.exception_id)
        wanted = select(compared).where(compared.c.score > POINTS[Likeness.SOURCE])
        if after is not None:
            wanted = wanted.where(tuple_(*place) < tuple_(after.score, after.created_at, after.exception_id))
        rows = self._connection.execute(wanted.order_by(*[column.desc() for column in place]).limit(limit)).mappings()
        return [
            SimilarRow(
                row["score"],
                ExceptionSummary.model_validate({name: row[name] for name in ExceptionSummary.model_fields}),
                tuple(row["shared"]),
                row["near"],
            )
            for row in rows
        ]


def _shared(asked: Likened) -> ColumnElement[Any]:
    """The names of the asked exception's values that stand in the same place of a row's payload."""
    names = [
        case(
            (
                exception.c.raw_payload.op("#>")(cast(literal(list(path), ARRAY(Text)), ARRAY(Text)))
                == cast(literal(value, JSONB), JSONB),
                literal(name, Text),
            ),
            else_=None,
        )
        for name, (path, value) in asked.values.items()
    ]
    return func.array_remove(cast(array(names), ARRAY(Text)), None, type_=ARRAY(Text))


def _near(asked: Likened) -> ColumnElement[Any]:
    """NEAR, NEARBY or null, by how far a row's amount in the same currency is from the asked one."""
    if asked.amount is None:
        return cast(null(), Numeric)
    amount, own = exception.c.amount, literal(asked.amount)
    apart, larger = func.abs(amount - own), func.greatest(func.abs(amount), func.abs(own))
    same = exception.c.currency.is_not_distinct_from(asked.currency)
    return case((and_(same, apart <= larger * NEAR), NEAR), (and_(same, apart <= larger * NEARBY), NEARBY), else_=None)
