"""A page's end, as a text that continues only the list it came from."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.cursor import damaged, moment, of_another_list, pack, unpack
from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey, Severity, Sort
from sentinai_cli.models.scope import AllTenants, TenantScope

MOMENTS = ("since", "until", "due_since", "due_until", "at_risk_at")


def write_cursor(
    key: ExceptionKey,
    scope: TenantScope | AllTenants,
    chosen: ExceptionFilter,
    *,
    sort: Sort = Sort.CREATED,
    spelled: tuple[str, ...] = (),
) -> str:
    """The cursor behind `key` in the list of this scope, filter and order: letters, digits, `-`, `_`.

    `spelled` is how the times of the filter were given, where that may mean another moment when it is said again
    (`2h`); the cursor then keeps the moments.
    """
    moments = [getattr(chosen, name) for name in MOMENTS] if spelled else []
    place: list[object] = [
        canonical_time(key.created_at),
        key.exception_id,
        key.tenant_id,
        key.severity,
        _text(key.sla_deadline),
        None if key.amount is None else str(key.amount),
        key.resolved,
        [_text(each) for each in moments],
        _of(scope, chosen, sort, spelled),
    ]
    return pack(place)


def read_cursor(
    text: str,
    scope: TenantScope | AllTenants,
    chosen: ExceptionFilter,
    *,
    sort: Sort = Sort.CREATED,
    spelled: tuple[str, ...] = (),
) -> tuple[ExceptionKey, ExceptionFilter]:
    """Where to go on, and the filter with the moments that it had on the first page.

    Raises InvalidInput for a damaged cursor and for one of another scope, filter or order.
    """
    created_at, exception_id, tenant_id, severity, deadline, amount, resolved, moments, made_for = unpack(text, 9)
    try:
        key = ExceptionKey(
            moment(created_at),
            str(exception_id),
            str(tenant_id),
            Severity(str(severity)),
            None if deadline is None else moment(deadline),
            None if amount is None else _number(str(amount)),
            bool(resolved),
        )
        kept = [None if each is None else moment(each) for each in moments]  # type: ignore[attr-defined]
    except (ValueError, TypeError, InvalidOperation):
        raise damaged() from None
    if made_for != _of(scope, chosen, sort, spelled):
        raise of_another_list()
    if not spelled:
        return key, chosen
    if len(kept) != len(MOMENTS):
        raise damaged()
    return key, chosen.model_copy(update=dict(zip(MOMENTS, kept, strict=True)))


def _of(scope: TenantScope | AllTenants, chosen: ExceptionFilter, sort: Sort, spelled: tuple[str, ...]) -> str:
    tenant = scope.tenant_id if isinstance(scope, TenantScope) else None
    asked = chosen.model_dump(mode="json", exclude=set(MOMENTS) if spelled else None)
    return checksum({"tenant": tenant, "filter": asked, "sort": sort.value, "times": list(spelled)})[:16]


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("an amount is finite")
    return number


def _text(when: datetime | None) -> str | None:
    return None if when is None else canonical_time(when)
