"""Cases like one exception, and what makes them alike."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from operator import itemgetter
from typing import ClassVar, Self

from sentinai_cli.models.base import Model
from sentinai_cli.models.exception import ExceptionPage, ExceptionSummary
from sentinai_cli.models.exception_resolution import Resolution
from sentinai_cli.models.result import ListResult

MOST_VALUES = 64
"""Payload values of the asked exception that are compared, the first ones by path."""


class Likeness(StrEnum):
    TYPE = "type"
    ENTITY = "entity"
    AMOUNT = "amount"
    SOURCE = "source"
    PAYLOAD = "payload"


POINTS = {Likeness.TYPE: 40, Likeness.ENTITY: 20, Likeness.PAYLOAD: 20, Likeness.AMOUNT: 15, Likeness.SOURCE: 5}
"""The most that each may count: 100 together."""
NEAR, NEARBY = Decimal("0.1"), Decimal("0.5")
"""Two amounts of one currency differ by at most so much of the larger one: all the points, or half of them."""


class Reason(Model):
    """Why an exception is like the asked one, and how many points that counts."""

    likeness: Likeness
    points: int
    what: str


class SimilarException(ExceptionSummary):
    """`score` is the sum of the reasons' points. `resolution` is there for resolved ones."""

    score: int
    reasons: tuple[Reason, ...]
    resolution: Resolution | None = None


class SimilarPage(ExceptionPage):
    """`exhaustive` is False when of one type, entity or source only the newest were looked at."""

    exhaustive: bool


class SimilarList(ListResult[SimilarException]):
    """The most alike first, then the newest."""

    all_at_once: ClassVar[bool] = False

    page: SimilarPage
    exception_id: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class Likened:
    """What is compared of the asked exception. `values` are by dotted name: the path to it, and what stands there."""

    tenant_id: str
    exception_id: str
    type: str
    source_system: str
    entity: str | None
    amount: Decimal | None
    currency: str | None
    values: Mapping[str, tuple[tuple[str, ...], object]]

    @classmethod
    def of(cls, asked: ExceptionSummary, payload: Mapping[str, object]) -> Self:
        """Of the payload's values neither nulls, truths and empty texts nor what the attributes say anyway."""
        own = {asked.domain, asked.type, asked.source_system, asked.entity, asked.currency, asked.exception_id}
        own |= {None if asked.amount is None else format(asked.amount, "f"), asked.tenant_id}
        telling = {
            ".".join(path): (path, value)
            for path, value in sorted(_leaves(payload), key=itemgetter(0))
            if _tells(value) and str(value) not in own
        }
        return cls(
            tenant_id=asked.tenant_id,
            exception_id=asked.exception_id,
            type=asked.type,
            source_system=asked.source_system,
            entity=asked.entity,
            amount=asked.amount,
            currency=asked.currency,
            values=dict(list(telling.items())[:MOST_VALUES]),
        )


@dataclass(frozen=True, slots=True)
class SimilarKey:
    """Where a page ended, and the moment of the first page: what came later is not among the candidates."""

    score: int
    created_at: datetime
    exception_id: str
    until: datetime


def reasons(asked: Likened, found: ExceptionSummary, shared: Iterable[str], near: Decimal | None) -> tuple[Reason, ...]:
    """Why `found` is like the asked one: `shared` are the names of the values both have.

    `near` is NEAR or NEARBY where the amounts differ by at most that.
    """
    told = []
    if found.type == asked.type:
        told.append(_whole(Likeness.TYPE, f"type {found.type}"))
    if asked.entity is not None and found.entity == asked.entity:
        told.append(_whole(Likeness.ENTITY, f"entity {found.entity}"))
    if names := sorted(shared):
        points = value_points(len(names), len(asked.values))
        told.append(
            Reason(
                likeness=Likeness.PAYLOAD,
                points=points,
                what=f"{len(names)} of {len(asked.values)} payload values: {', '.join(names)}",
            )
        )
    if near is not None:
        what = f"amount {found.amount:f} within {near:.0%} of {asked.amount:f} {asked.currency or ''}".rstrip()
        told.append(Reason(likeness=Likeness.AMOUNT, points=amount_points(near), what=what))
    if found.source_system == asked.source_system:
        told.append(_whole(Likeness.SOURCE, f"source {found.source_system}"))
    return tuple(told)


def value_points(shared: int, of: int) -> int:
    """The points of so many shared values, rounded down."""
    return POINTS[Likeness.PAYLOAD] * shared // of if of else 0


def amount_points(near: Decimal) -> int:
    """The points of amounts that differ by at most NEAR or NEARBY, rounded down."""
    return POINTS[Likeness.AMOUNT] if near == NEAR else POINTS[Likeness.AMOUNT] // 2


def _tells(value: object) -> bool:
    """Not of null, empty texts and truths; nor of a number that is too large to be compared."""
    if isinstance(value, float):
        return isfinite(value)
    return value not in (None, "") and not isinstance(value, bool)


def _whole(likeness: Likeness, what: str) -> Reason:
    return Reason(likeness=likeness, points=POINTS[likeness], what=what)


def _leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _leaves(member, (*path, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _leaves(member, (*path, str(place)))
    else:
        yield path, value
