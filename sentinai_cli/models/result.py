"""Results that are lists: the items and where the page ends."""

from collections.abc import Iterable
from typing import ClassVar, Generic, Self, TypeVar

from sentinai_cli.models.base import Model

Item = TypeVar("Item", bound=Model)


class Page(Model):
    """`limit` None means everything was read. `total` is counted only when asked for."""

    limit: int | None
    has_more: bool
    next: str | None
    total: int | None

    @classmethod
    def of_all(cls, total: int) -> Self:
        """The page on which everything stands."""
        return cls(limit=None, has_more=False, next=None, total=total)


class ListResult(Model, Generic[Item]):
    """Subclass once per noun (`class TenantList(ListResult[Tenant])`), so that each list has a view of its own."""

    all_at_once: ClassVar[bool] = True
    """Whether `--all` reads the rest of a list whose page has a `next`."""

    items: tuple[Item, ...]
    page: Page

    @classmethod
    def whole(cls, items: Iterable[Item]) -> Self:
        """All there is, on one page."""
        everything = tuple(items)
        declared = cls.model_fields["page"].annotation
        kind = declared if isinstance(declared, type) and issubclass(declared, Page) else Page
        return cls(items=everything, page=kind.of_all(len(everything)))
