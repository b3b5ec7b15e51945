"""Ids that we make: UUID version 7 (RFC 9562), so that they sort by time and need no sequence."""

import secrets
from datetime import datetime
from uuid import UUID


def new_id(at: datetime) -> UUID:
    """A fresh random id that carries `at` in milliseconds."""
    return time_ordered_id(at, secrets.token_bytes(10))


def time_ordered_id(at: datetime, randomness: bytes) -> UUID:
    """The version 7 UUID of a moment and 10 bytes of randomness; the same input gives the same id."""
    milliseconds = int(at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    bits = int.from_bytes(randomness[:10], "big")
    value = milliseconds << 80 | 0x7 << 76 | (bits >> 62 & 0xFFF) << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    return UUID(int=value)
