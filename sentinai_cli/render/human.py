"""Numbers and times in the form that people read at a glance."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def span(length: timedelta) -> str:
    """`40s`, `75m`, `17h`, `4d`: one unit, with two digits while they matter. Negative lengths as positive."""
    seconds = abs(int(length.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds}s"
    if seconds < 100 * _MINUTE:
        return f"{seconds // _MINUTE}m"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR}h"
    return f"{seconds // _DAY}d"


def stamp(moment: datetime) -> str:
    """`2026-11-19 08:30:05Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def money(amount: Decimal, currency: str | None) -> str:
    """`1,234.50 USD`, with the digits that the amount has."""
    return f"{amount:,f} {currency or ''}".rstrip()


def size(count: int) -> str:
    """Bytes as `812 B`, `4.1 MiB`."""
    number = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} TiB"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 tenant`, `2,000 tenants`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
