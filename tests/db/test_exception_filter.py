"""Every filter and order, against plain Python over the same rows, page by page while others write."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.exception import ExceptionFilter, NewException, Severity, Sort, Status
from sentinai_cli.models.payload_condition import Comparison, PayloadCondition
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.exception import count_exceptions, exception_stats, list_exceptions, stream_exceptions
from sentinai_cli.services.exception_filter import unknown_words
from tests.conftest import context, fresh_database, store_records
from tests.db.records import EPOCH, record

TYPES, SOURCES, OWNERS = ("CASH_BREAK", "LATE", "none such"), ("Ledger", "Desk"), ("ada", "bob", None)
PLAYBOOKS = ("PB-1", "PB-2", None)
ENTITIES = ("ACC-1", "ACC-2", None)
PAYLOADS: tuple[dict[str, object], ...] = (
    {},
    {"amount": "12.50", "note": "Call the BANK", "legs": [{"side": "BUY", "qty": 3}]},
    {"amount": 100, "note": None, "legs": []},
    {"amount": "n/a", "flag": True, "note": "100% \\ 'quoted' \"twice\""},
    {"amount": -3.5, "deep": {"er": {"note": "bank"}}, "since": "2026-03-01"},
)
CONTEXTS: tuple[dict[str, object], ...] = ({}, {"region": "EU", "amount": "7"})
ARRIVAL = count(1_000_000)


def row(tenant_id: str, number: int, *, at: datetime | None = None) -> NewException:
    """Rows of every kind: the parts of the number choose each value."""
    made = record(
        tenant_id,
        number,
        severity=list(Severity)[number % 4],
        status=list(Status)[number % 3],
        type=TYPES[number % 2],
        created_at=at or EPOCH + timedelta(minutes=number // 3),
        deadline=None if number % 4 == 0 else timedelta(minutes=number * 7 % 50),
        raw_payload=PAYLOADS[number % 5],
    )
    return replace(
        made,
        source_system=SOURCES[number // 2 % 2],
        entity=ENTITIES[number % 3],
        owner=OWNERS[number // 3 % 3],
        current_playbook_id=PLAYBOOKS[number // 7 % 3],
        current_step=None if PLAYBOOKS[number // 7 % 3] is None else (None, 1, 2)[number % 3],
        amount=None if number % 3 == 1 else Decimal(number * 37 % 11) / 2,
        normalized_context=CONTEXTS[number // 4 % 2],
    )


ROWS = [row(tenant_id, number) for tenant_id in ("A", "B") for number in range(1, 61)]


@pytest.fixture(scope="module")
def filled(server: DatabaseUrl, template: str) -> Iterator[Database]:
    """The rows, to which others only ever add what is older or newer than all of them."""
    with fresh_database(server, template) as url:
        database = Database(url, context=context())
        store_records(database, *ROWS)
        yield database
        database.close()


def some(values: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.just(()) | st.sets(st.sampled_from(values)).map(lambda chosen: tuple(sorted(chosen, key=str)))


moments = st.none() | st.integers(-2, 25).map(lambda minutes: EPOCH + timedelta(minutes=minutes))
amounts = st.none() | st.sampled_from([Decimal(number) / 2 for number in range(-1, 12)])
conditions = st.builds(
    PayloadCondition,
    path=st.sampled_from(
        [("amount",), ("note",), ("legs", "0", "qty"), ("legs",), ("deep", "er", "note"), ("region",), ("gone",)]
    ),
    document=st.sampled_from([None, None, "raw_payload", "normalized_context"]),
    comparison=st.sampled_from(list(Comparison)),
    value=st.sampled_from(["12.5", "100", "3", "bank", "EU", "n", "", "-3.5", "%", "_", "\\", "'"]),
)
filters = st.builds(
    ExceptionFilter,
    statuses=some(tuple(Status)),
    not_statuses=some(tuple(Status)),
    severities=some(tuple(Severity)),
    not_severities=some(tuple(Severity)),
    types=some(TYPES),
    not_types=some(TYPES),
    sources=some(SOURCES),
    not_sources=some(SOURCES),
    entities=some(ENTITIES),
    not_entities=some(ENTITIES),
    owners=some(OWNERS),
    not_owners=some(OWNERS),
    playbooks=some(PLAYBOOKS),
    not_playbooks=some(PLAYBOOKS),
    playbook_open=st.booleans(),
    steps=some((1, 2, 3)),
    since=moments,
    until=moments,
    unresolved=st.booleans(),
    due_since=moments,
    due_until=moments,
    at_risk_at=moments,
    amount_from=amounts,
    amount_to=amounts,
    search=st.none() | st.sampled_from(["bank", "DESK", "ex-00001", "ada", "%", "_", "zzz", '"qty": 3', "'"]),
    where=st.lists(conditions, max_size=2).map(tuple),
)
# Many restrictions at once leave nothing; few at a time leave something to compare.
sparse = st.builds(
    lambda full, names: ExceptionFilter.model_validate({name: getattr(full, name) for name in names}),
    filters,
    st.sets(st.sampled_from(sorted(ExceptionFilter.model_fields)), max_size=3),
)


@given(chosen=sparse, sort=st.sampled_from(Sort), limit=st.integers(4, 40), alone=st.booleans(), scan=st.booleans())
@settings(max_examples=30)
def test_pages_hold_what_plain_python_picks_in_its_order_while_others_write(
    filled: Database, chosen: ExceptionFilter, sort: Sort, limit: int, alone: bool, scan: bool
) -> None:
    scope = TenantScope("A") if alone else AllTenants()
    expected = [
        (one.tenant_id, one.exception_id)
        for one in sorted(ROWS, key=partial(place, sort))
        if fits(one, chosen) and (one.tenant_id == "A" or not alone)
    ]
    found: list[tuple[str, str]] = []
    cursor: str | None = None
    arrived = False
    while True:
        page = list_exceptions(
            filled, scope, chosen, limit=limit, cursor=cursor, sort=sort, scan_limit=20 if scan else 1000
        )
        assert len(page.items) <= limit
        assert (page.page.scanned is not None) == chosen.walks
        found += [(item.tenant_id, item.exception_id) for item in page.items]
        cursor = page.page.next
        if cursor is None:
            break
        if not arrived:
            arrive(filled)
            arrived = True
    assert [key for key in found if key[1] < "EX-1"] == expected
    assert len(found) == len(set(found))


@given(chosen=sparse)
@settings(max_examples=25)
def test_counts_agree_with_the_rows_that_a_list_streams(filled: Database, chosen: ExceptionFilter) -> None:
    streamed = list(stream_exceptions(filled, AllTenants(), chosen))
    assert count_exceptions(filled, AllTenants(), chosen, at=EPOCH).count == len(streamed)
    assert exception_stats(filled, AllTenants(), chosen, at=EPOCH).exceptions == len(streamed)


def test_a_page_that_finds_too_little_ends_at_the_scan_limit_and_goes_on_there(filled: Database) -> None:
    rare = ExceptionFilter(search="EX-000001")
    first = list_exceptions(filled, TenantScope("B"), rare, limit=5, scan_limit=10)
    assert (first.items, first.page.scanned, first.page.has_more) == ((), 10, True)
    rest = list_exceptions(filled, TenantScope("B"), rare, limit=5, cursor=first.page.next)
    assert [item.exception_id for item in rest.items] == ["EX-000001"]
    assert rest.page.scanned is not None
    assert not rest.page.has_more


def test_times_that_move_stay_where_the_first_page_had_them(filled: Database) -> None:
    first_look, later = (ExceptionFilter(since=EPOCH + timedelta(minutes=minutes)) for minutes in (5, 15))
    spelled = ("since 2h",)
    whole = list_exceptions(filled, TenantScope("B"), first_look, limit=None).items
    page = list_exceptions(filled, TenantScope("B"), first_look, limit=10, spelled=spelled)
    rest = list_exceptions(filled, TenantScope("B"), later, limit=100, cursor=page.page.next, spelled=spelled)
    assert page.items + rest.items == whole
    for other in ({"spelled": ("since 3h",)}, {"sort": Sort.AMOUNT, "spelled": spelled}, {}):
        with pytest.raises(InvalidInput):
            list_exceptions(filled, TenantScope("B"), later, limit=9, cursor=page.page.next, **other)


def test_words_that_no_exception_has_are_named(filled: Database) -> None:
    told = unknown_words(
        filled, AllTenants(), ExceptionFilter(types=("LATE", "LATTE"), owners=("ada", None, "eve"), sources=("Desc",))
    )
    assert [line.split("the ")[1] for line in told] == ["type LATTE", "source Desc", "owner eve"]


def arrive(database: Database) -> None:
    """Another writer adds a row, in time before or after all others, of a number that no test row has."""
    number = next(ARRIVAL)
    at = EPOCH + timedelta(days=1 if number % 2 else -1)
    store_records(database, replace(row("AB"[number // 2 % 2], number, at=at)))


def place(sort: Sort, one: NewException) -> tuple[Any, ...]:
    newest = (-one.created_at.timestamp(), *backwards(one))
    match sort:
        case Sort.CREATED:
            return newest
        case Sort.SEVERITY:
            return (-one.severity.rank, *newest)
        case Sort.AMOUNT:
            return (one.amount is None, -(one.amount or 0), *backwards(one))
        case Sort.DEADLINE if one.status is Status.RESOLVED:
            return (2, *newest)
        case Sort.DEADLINE:
            due = one.sla_deadline
            return (due is None, due.timestamp() if due else 0, one.exception_id, one.tenant_id)


def backwards(one: NewException) -> tuple[Any, ...]:
    return tuple(-ord(letter) for letter in one.exception_id), tuple(-ord(letter) for letter in one.tenant_id)


def fits(one: NewException, chosen: ExceptionFilter) -> bool:
    named = {
        "statuses": one.status,
        "severities": one.severity,
        "types": one.type,
        "domains": one.domain,
        "sources": one.source_system,
        "entities": one.entity,
        "owners": one.owner,
        "playbooks": one.current_playbook_id,
    }
    return (
        all(not getattr(chosen, name) or value in getattr(chosen, name) for name, value in named.items())
        and all(value not in getattr(chosen, f"not_{name}") for name, value in named.items())
        and not (chosen.playbook_open and one.current_step is None)
        and (not chosen.steps or one.current_step in chosen.steps)
        and (chosen.since is None or one.created_at >= chosen.since)
        and (chosen.until is None or one.created_at < chosen.until)
        and not (chosen.unresolved and one.status is Status.RESOLVED)
        and (chosen.due_since is None or (one.sla_deadline is not None and one.sla_deadline >= chosen.due_since))
        and (chosen.due_until is None or (one.sla_deadline is not None and one.sla_deadline < chosen.due_until))
        and (chosen.at_risk_at is None or is_at_risk(one, chosen.at_risk_at))
        and (chosen.amount_from is None or (one.amount is not None and one.amount >= chosen.amount_from))
        and (chosen.amount_to is None or (one.amount is not None and one.amount <= chosen.amount_to))
        and (chosen.search is None or has_text(one, chosen.search))
        and all(meets(one, condition) for condition in chosen.where)
    )


def is_at_risk(one: NewException, at: datetime) -> bool:
    if one.sla_deadline is None or one.status is Status.RESOLVED or one.sla_deadline < at:
        return False
    return (at - one.created_at) * 100 >= (one.sla_deadline - one.created_at) * 80


def has_text(one: NewException, text: str) -> bool:
    searched = (one.exception_id, one.type, one.source_system, one.entity, one.owner)
    documents = (printed(one.raw_payload), printed(one.normalized_context))
    return any(part is not None and text.lower() in part.lower() for part in (*searched, *documents))


MISSING = object()


def meets(one: NewException, condition: PayloadCondition) -> bool:
    documents = [getattr(one, condition.document)] if condition.document else [one.raw_payload, one.normalized_context]
    values = [value for value in (at_path(document, condition.path) for document in documents) if value is not MISSING]
    if condition.comparison in (Comparison.EXISTS, Comparison.ABSENT):
        return bool(values) == (condition.comparison is Comparison.EXISTS)
    if not values or values[0] is None:
        return False
    text = values[0] if isinstance(values[0], str) else printed(values[0])
    wanted = condition.value or ""
    if condition.comparison is Comparison.CONTAINS:
        return wanted.lower() in text.lower()
    left, right = number(text), number(wanted)
    if right is not None and left is not None:
        return compare(left, condition.comparison, right)
    if right is not None and condition.comparison not in (Comparison.EQUAL, Comparison.UNEQUAL):
        return False
    return compare(text, condition.comparison, wanted)


def at_path(document: object, path: tuple[str, ...]) -> object:
    for step in path:
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return MISSING
    return document


def number(text: str) -> Decimal | None:
    return Decimal(text) if text.lstrip("-").replace(".", "", 1).isdecimal() else None


def compare(left: Any, comparison: Comparison, right: Any) -> bool:
    return bool(
        {
            Comparison.EQUAL: left == right,
            Comparison.UNEQUAL: left != right,
            Comparison.ABOVE: left > right,
            Comparison.BELOW: left < right,
            Comparison.AT_LEAST: left >= right,
            Comparison.AT_MOST: left <= right,
        }[comparison]
    )


def printed(value: object) -> str:
    """As the database prints jsonb."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda item: (len(item[0]), item[0]))
        return "{" + ", ".join(f"{printed(name)}: {printed(member)}" for name, member in members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(printed, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
