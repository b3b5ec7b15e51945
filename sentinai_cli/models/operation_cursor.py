"""The end of a page of the journal, as a text that continues only the list it came from."""

from uuid import UUID

from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.cursor import damaged, moment, of_another_list, pack, unpack
from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.models.operation import OperationFilter, OperationKey


def write_cursor(key: OperationKey, chosen: OperationFilter) -> str:
    """The cursor behind `key` in the list of this filter."""
    return pack([canonical_time(key.at), str(key.operation_id), _of(chosen)])


def read_cursor(text: str, chosen: OperationFilter) -> OperationKey:
    """Where to go on. Raises InvalidInput for a damaged cursor and for one of another filter."""
    at, operation_id, made_for = unpack(text, 3)
    try:
        key = OperationKey(moment(at), UUID(str(operation_id)))
    except ValueError:
        raise damaged() from None
    if made_for != _of(chosen):
        raise of_another_list()
    return key


def _of(chosen: OperationFilter) -> str:
    return checksum({"list": "operations", "filter": chosen.model_dump(mode="json")})[:16]
