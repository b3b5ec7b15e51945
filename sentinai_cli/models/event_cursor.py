"""The end of a page of events, as a text that continues only the list it came from."""

import base64
import binascii
import json
from datetime import datetime

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.models.event_list import EventFilter, EventKey
from sentinai_cli.models.scope import AllTenants, TenantScope


def write_cursor(key: EventKey, scope: TenantScope | AllTenants, chosen: EventFilter) -> str:
    """The cursor behind `key` in the list of this scope and filter: letters, digits, `-`, `_`."""
    place = [canonical_time(key.created_at), key.exception_id, key.event_no, key.tenant_id, _of(scope, chosen)]
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str, scope: TenantScope | AllTenants, chosen: EventFilter) -> EventKey:
    """Where to go on. Raises InvalidInput for a damaged cursor and for one of another scope or filter."""
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        created_at, exception_id, event_no, tenant_id, made_for = place
        key = EventKey(datetime.fromisoformat(created_at), str(exception_id), int(event_no), str(tenant_id))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _invalid("it is damaged") from None
    if key.created_at.tzinfo is None or not 0 < key.event_no < 2**63:
        raise _invalid("it is damaged")
    if made_for != _of(scope, chosen):
        raise _invalid("it belongs to another filter or tenant; repeat the options of the page before")
    return key


def _of(scope: TenantScope | AllTenants, chosen: EventFilter) -> str:
    tenant = scope.tenant_id if isinstance(scope, TenantScope) else None
    return checksum({"list": "events", "tenant": tenant, "filter": chosen.model_dump(mode="json")})[:16]


def _invalid(why: str) -> InvalidInput:
    return InvalidInput("invalid_cursor", "the cursor cannot be used here", why=why)
