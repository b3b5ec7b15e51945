"""A record's events as they are written: dated, numbered, identified, hashed and linked.

The texts that are hashed are put together here, keys in their canonical order; tests hold them against
models.event_hash, which defines them.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache

import orjson

from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.event_hash import GENESIS, LEAF, RECORD
from sentinai_cli.models.prepared_exception import PreparedEvent, PreparedException
from sentinai_cli.seeding.moment import canonical

_TYPES = {kind: kind.value for kind in EventType}
_ACTORS = {kind: kind.value for kind in ActorType}
_LINK = b"\x01"
_RANDOM_LOW = (1 << 62) - 1
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def canonical_text(document: dict[str, object]) -> str:
    """The RFC 8785 form of what a recipe or a story makes: text, whole numbers, booleans and null.

    Sorted keys are canonical as long as they are ASCII; whether they are, the finished text says at once.
    """
    text = orjson.dumps(document, option=_OPTIONS).decode()
    return text if text.isascii() else canonical_bytes(document).decode()


@lru_cache(maxsize=1 << 12)
def quoted(text: str) -> str:
    """A text as JSON."""
    return orjson.dumps(text).decode()


def fresh(text: str | None) -> str:
    """A text, or nothing, as JSON; for texts that are seldom the same twice."""
    return orjson.dumps(text).decode()


def record_digest(record: PreparedException) -> bytes:
    """The digest of a record's immutable columns and both documents."""
    amount = "null" if record.amount is None else f'"{record.amount}"'
    currency = "null" if record.currency is None else quoted(record.currency)
    text = (
        f'{{"amount":{amount},"created_at":"{record.created_at}","currency":{currency}'
        f',"domain":{quoted(record.domain)},"entity":{fresh(record.entity)}'
        f',"exception_id":{fresh(record.exception_id)},"normalized_context":{record.normalized_context}'
        f',"raw_payload":{record.raw_payload},"source_system":{quoted(record.source_system)}'
        f',"tenant_id":{quoted(record.tenant_id)},"type":{quoted(record.type)}}}'
    )
    return hashlib.sha256(RECORD + text.encode()).digest()


class Log:
    """The events of one exception. `word` is the stream that event ids are drawn from, two words each."""

    __slots__ = ("_end", "_head", "_middle", "_word", "events")

    def __init__(self, tenant_id: str, exception_id: str, word: Callable[[], int]) -> None:
        self._middle = f',"exception_id":{orjson.dumps(exception_id).decode()},"payload":'
        self._end = f',"tenant_id":{quoted(tenant_id)}}}'
        self._head = GENESIS
        self._word = word
        self.events: list[PreparedEvent] = []

    def write(
        self, event_type: EventType, actor: tuple[ActorType, str], payload: dict[str, object], created_at: int
    ) -> str:
        """Append one event of a moment in microseconds; that moment as text."""
        event_id = time_ordered(created_at, (self._word() << 64 | self._word()) >> 48)
        kind, actor_type, actor_id = _TYPES[event_type], _ACTORS[actor[0]], actor[1]
        text, moment = canonical_text(payload), canonical(created_at)
        told = (
            f'{{"actor_id":{quoted(actor_id)},"actor_type":"{actor_type}","created_at":"{moment}"'
            f',"event_id":"{event_id}","event_type":"{kind}"{self._middle}{text}{self._end}'
        )
        leaf = hashlib.sha256(LEAF + told.encode()).digest()
        number = len(self.events) + 1
        self._head = hashlib.sha256(_LINK + self._head + number.to_bytes(8, "big") + leaf).digest()
        self.events.append(PreparedEvent(event_id, kind, actor_type, actor_id, text, moment, leaf, self._head))
        return moment


def time_ordered(at: int, bits: int) -> str:
    """The text of models.uuid7.time_ordered_id of a moment in microseconds and 80 random bits.

    Its milliseconds come by way of a float, as they do there.
    """
    milliseconds = int(at / 1_000_000 * 1000) & 0xFFFF_FFFF_FFFF
    value = milliseconds << 80 | 0x7 << 76 | (bits >> 62 & 0xFFF) << 64 | 0b10 << 62 | bits & _RANDOM_LOW
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
