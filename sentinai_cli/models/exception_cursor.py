"""A page's end, as a text that continues only the list it came from."""

import base64
import binascii
import json
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey, Severity, Sort
from sentinai_cli.models.scope import AllTenants, TenantScope

MOMENTS = ("since", "until", "due_since", "due_until")


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
    place = [
        canonical_time(key.created_at),
        key.exception_id,
        key.tenant_id,
        key.severity,
        _text(key.sla_deadline),
        None if key.amount is None else str(key.amount),
        [_text(moment) for moment in moments],
        _of(scope, chosen, sort, spelled),
    ]
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


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
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        created_at, exception_id, tenant_id, severity, deadline, amount, moments, made_for = place
        key = ExceptionKey(
            _time(created_at),
            str(exception_id),
            str(tenant_id),
            Severity(severity),
            None if deadline is None else _time(deadline),
            None if amount is None else _number(amount),
        )
        kept = [None if moment is None else _time(moment) for moment in moments]
    except (ValueError, TypeError, InvalidOperation, binascii.Error, RecursionError):
        raise _invalid("it is damaged") from None
    if made_for != _of(scope, chosen, sort, spelled):
        raise _invalid("it belongs to another filter, order or tenant; repeat the options of the page before")
    if not spelled:
        return key, chosen
    if len(kept) != len(MOMENTS):
        raise _invalid("it is damaged")
    return key, chosen.model_copy(update=dict(zip(MOMENTS, kept, strict=True)))


def _of(scope: TenantScope | AllTenants, chosen: ExceptionFilter, sort: Sort, spelled: tuple[str, ...]) -> str:
    tenant = scope.tenant_id if isinstance(scope, TenantScope) else None
    asked = chosen.model_dump(mode="json", exclude=set(MOMENTS) if spelled else None)
    return checksum({"tenant": tenant, "filter": asked, "sort": sort.value, "times": list(spelled)})[:16]


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset")
    return moment


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError("an amount is finite")
    return number


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else canonical_time(moment)


def _invalid(why: str) -> InvalidInput:
    return InvalidInput("invalid_cursor", "the cursor cannot be used here", why=why)
