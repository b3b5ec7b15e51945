"""What an ExceptionFilter means in SQL.

Under row-level security an index serves only comparisons that cannot leak what they are given: texts, times, small
numbers. `indexed` are those. Amounts, text search and payload values are `looked_at` in each row that is left.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Interval,
    Numeric,
    Text,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    null,
    or_,
    true,
)

from sentinai_cli.db.repositories.exception_order import rank_of
from sentinai_cli.db.schema import exception
from sentinai_cli.models.exception import ExceptionFilter, Status
from sentinai_cli.models.exception_sla import RISK
from sentinai_cli.models.payload_condition import NUMBER, Comparison, PayloadCondition

UNRESOLVED = exception.c.status != Status.RESOLVED.value
_NAMED = (
    (exception.c.status, "statuses"),
    (exception.c.severity, "severities"),
    (exception.c.type, "types"),
    (exception.c.domain, "domains"),
    (exception.c.source_system, "sources"),
    (exception.c.entity, "entities"),
    (exception.c.owner, "owners"),
    (exception.c.current_playbook_id, "playbooks"),
)
_SEARCHED = ("exception_id", "type", "source_system", "entity", "owner", "raw_payload", "normalized_context")


def indexed(chosen: ExceptionFilter) -> list[ColumnElement[bool]]:
    """The conditions that an index may answer."""
    conditions: list[ColumnElement[bool]] = []
    for column, name in _NAMED:
        wanted = getattr(chosen, name)
        if name == "severities" and wanted and not chosen.statuses:
            # The index that leads with the severity has its rank; with a status another one has both.
            conditions.append(exception.c.severity_rank.in_([severity.rank for severity in wanted]))
        elif wanted:
            conditions.append(_one_of(column, wanted))
        if unwanted := getattr(chosen, f"not_{name}"):
            conditions.append(_none_of(column, unwanted))
    if chosen.unresolved:
        conditions.append(UNRESOLVED)
    if chosen.playbook_open:
        # The index by playbook leaves out rows without one, which no open step tells it.
        conditions += [exception.c.current_step.is_not(None), exception.c.current_playbook_id.is_not(None)]
    if chosen.steps:
        conditions.append(exception.c.current_step.in_(chosen.steps))
    for column, since, until in (
        (exception.c.created_at, chosen.since, chosen.until),
        (exception.c.sla_deadline, chosen.due_since, chosen.due_until),
    ):
        conditions += [column >= since] if since is not None else []
        conditions += [column < until] if until is not None else []
    return conditions


def looked_at(chosen: ExceptionFilter) -> list[ColumnElement[bool]]:
    """The conditions that are tried on each row."""
    conditions: list[ColumnElement[bool]] = []
    if chosen.amount_from is not None:
        conditions.append(exception.c.amount >= chosen.amount_from)
    if chosen.amount_to is not None:
        conditions.append(exception.c.amount <= chosen.amount_to)
    if chosen.at_risk_at is not None:
        conditions.append(at_risk(chosen.at_risk_at))
    if chosen.search is not None:
        text = func.concat_ws("\n", *[cast(exception.c[name], Text(collation="default")) for name in _SEARCHED])
        conditions.append(_contains(text, chosen.search))
    return conditions + [payload(condition) for condition in chosen.where]


def at_risk(at: datetime) -> ColumnElement[bool]:
    """Whether an unresolved row's deadline is ahead and `RISK` percent of its window are used, at `at`."""
    opened, deadline = exception.c.created_at, exception.c.sla_deadline
    moment = literal(at, opened.type)
    used, window = (extract("epoch", cast(length, Interval)) for length in (moment - opened, deadline - opened))
    return and_(UNRESOLVED, deadline >= moment, used * 100 >= window * RISK)


def ranked(chosen: ExceptionFilter) -> list[ColumnElement[bool]]:
    """What an index can tell of a range of amounts: the bounds as places in order, which may let a few more in."""
    rank = exception.c.amount_rank
    least = [] if chosen.amount_from is None else [rank >= rank_of(chosen.amount_from)]
    return least + ([] if chosen.amount_to is None else [rank <= rank_of(chosen.amount_to)])


def everything(chosen: ExceptionFilter) -> list[ColumnElement[bool]]:
    """All conditions of the filter."""
    return indexed(chosen) + ranked(chosen) + looked_at(chosen)


def payload(condition: PayloadCondition) -> ColumnElement[bool]:
    """One condition on the documents; null, which no WHERE lets pass, for a value that is not there."""
    path = cast(literal(list(condition.path), ARRAY(Text)), ARRAY(Text))
    documents = [condition.document] if condition.document else ["raw_payload", "normalized_context"]
    there = func.coalesce(*[exception.c[name].op("#>")(path) for name in documents])
    if condition.comparison in (Comparison.EXISTS, Comparison.ABSENT):
        return there.is_not(None) if condition.comparison is Comparison.EXISTS else there.is_(None)
    text = there.op("#>>", return_type=Text())(cast(literal("{}"), ARRAY(Text)))
    assert condition.value is not None
    if condition.comparison is Comparison.CONTAINS:
        return _contains(text, condition.value)
    return _compared(text, condition, condition.value)


def _compared(text: ColumnElement[Any], condition: PayloadCondition, value: str) -> ColumnElement[bool]:
    as_text = _compare(condition.comparison, text.collate("C"), literal(value))
    number = condition.number
    if number is None:
        return as_text
    same = condition.comparison in (Comparison.EQUAL, Comparison.UNEQUAL)
    is_number = text.regexp_match(f"^({NUMBER})$")
    as_number = _compare(condition.comparison, cast(text, Numeric), literal(number, Numeric))
    return case((is_number, as_number), else_=as_text if same else null())


def _compare(comparison: Comparison, left: ColumnElement[Any], right: ColumnElement[Any]) -> ColumnElement[bool]:
    compared: ColumnElement[bool] = left.bool_op({"!=": "<>"}.get(comparison.value, comparison.value))(right)
    return compared


def _contains(text: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    """Whether the text has the part in it, whatever the case of either."""
    return func.strpos(func.lower(text), func.lower(literal(part))) > 0


def _one_of(column: Column[Any], values: Sequence[str | None]) -> ColumnElement[bool]:
    some = [value for value in values if value is not None]
    if None not in values:
        return column.in_(some)
    return or_(column.is_(None), column.in_(some)) if some else column.is_(None)


def _none_of(column: Column[Any], values: Sequence[str | None]) -> ColumnElement[bool]:
    some = [value for value in values if value is not None]
    if None in values:
        return and_(column.is_not(None), column.not_in(some) if some else true())
    return or_(column.is_(None), column.not_in(some)) if column.nullable else column.not_in(some)
