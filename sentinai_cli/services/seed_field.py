"""How the fields of one type's payloads are spread: those that a recipe draws on their own, and the amount."""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from sentinai_cli.models.event_row import RecordRow
from sentinai_cli.seeding.provider.number import Count, Money, Quantity
from sentinai_cli.seeding.provider.value import Choose, Flag
from sentinai_cli.seeding.recipe import TypeRecipe

ShareUpTo = Callable[[int], float]
AMOUNT = "amount column"


class FieldSpread:
    """Counts the values of the fields whose distribution is declared.

    What follows from other fields is not among them: the invariants hold it.
    """

    def __init__(self, recipe: TypeRecipe) -> None:
        self._choices: dict[str, dict[object, int]] = {}
        self._amounts: dict[str, Callable[[int], float]] = {}
        for name, field in recipe.fields.items():
            shown = name if not name.startswith("_") else AMOUNT if recipe.amount == f"${name}" else None
            match field:
                case Choose() | Count() if shown:
                    self._choices[shown] = dict(field.weights.items())
                case Flag() if shown:
                    self._choices[shown] = {True: field.per_mille, False: 1000 - field.per_mille}
                case Money() if shown:
                    self._amounts[shown] = _of_money(field)
                case Quantity() if shown:
                    self._amounts[shown] = _of_quantity(field)
        self._seen: dict[str, Counter[object]] = {name: Counter() for name in self._choices}
        self._drawn: dict[str, list[int]] = {name: [] for name in self._amounts}

    def see(self, row: RecordRow, payload: dict[str, object]) -> None:
        """One more row. A value that is of no kind that it could be counts as one that is not declared."""
        for name, seen in self._seen.items():
            value = payload.get(name)
            seen[value if isinstance(value, bool | int | str) else None] += 1
        for name, drawn in self._drawn.items():
            drawn.append(_whole(row.amount if name == AMOUNT else payload.get(name)))

    def choices(self) -> Iterator[tuple[str, Counter[object], dict[object, int]]]:
        """Each field of which there are a few values: what was seen, and the weights."""
        for name, weights in self._choices.items():
            yield name, self._seen[name], weights

    def amounts(self) -> Iterator[tuple[str, list[int], ShareUpTo]]:
        """Each field with a tail: what was seen, and the share declared at or below a value."""
        for name, share_up_to in self._amounts.items():
            yield name, self._drawn[name], share_up_to


def _whole(value: object) -> int:
    """A quantity as it is, an amount in hundredths, -1 for what is neither."""
    if isinstance(value, int):
        return value
    try:
        return int(Decimal(str(value)) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        return -1


def _of_money(field: Money) -> ShareUpTo:
    table = field.table
    return lambda value: table.share_below(value + 1)


def _of_quantity(field: Quantity) -> ShareUpTo:
    table, step = field.table, field.step
    return lambda value: table.share_below(value + step) if value >= step else 0.0
