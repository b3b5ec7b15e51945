"""A page's end, as a text that continues only the list it came from."""

import base64
import binascii
import json
from datetime import datetime

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey
from sentinai_cli.models.scope import AllTenants, TenantScope


def write_cursor(key: ExceptionKey, scope: TenantScope | AllTenants, chosen: ExceptionFilter) -> str:
    """The cursor behind `key` in the list of this scope and filter: letters, digits, `-`, `_`."""
    place = [canonical_time(key.created_at), key.exception_id, key.tenant_id, _of(scope, chosen)]
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str, scope: TenantScope | AllTenants, chosen: ExceptionFilter) -> ExceptionKey:
    """Where to go on. Raises InvalidInput for a damaged cursor and for one of another scope or filter."""
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        created_at, exception_id, tenant_id, made_for = place
        key = ExceptionKey(datetime.fromisoformat(created_at), str(exception_id), str(tenant_id))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _invalid("it is damaged") from None
    if key.created_at.tzinfo is None:
        raise _invalid("it is damaged")
    if made_for != _of(scope, chosen):
        raise _invalid("it belongs to another filter or tenant; repeat the options of the page before")
    return key


def _of(scope: TenantScope | AllTenants, chosen: ExceptionFilter) -> str:
    tenant = scope.tenant_id if isinstance(scope, TenantScope) else None
    return checksum({"tenant": tenant, "filter": chosen.model_dump(mode="json")})[:16]


def _invalid(why: str) -> InvalidInput:
    return InvalidInput("invalid_cursor", "the cursor cannot be used here", why=why)
