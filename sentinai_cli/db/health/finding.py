"""How findings are put together."""

from collections.abc import Iterable, Sequence

from sentinai_cli.errors import SentinaiError
from sentinai_cli.models.health import CheckState, Evidence, Measure
from sentinai_cli.models.health_state import WORST_FIRST

SHOWN = 10
"""So many findings of a check are listed; how many there are is always said."""


def found(state: CheckState, name: str, finding: str, fix: str | None = None, under: str | None = None) -> Evidence:
    """One finding."""
    return Evidence(state=state, object=name, finding=finding, fix=fix, under=under)


def blind(name: str, error: SentinaiError) -> Evidence:
    """That somebody could not look, why, and what helps: behind a lock, to see who holds it."""
    why = f"{error.what}: {error.why}" if error.why else error.what
    fix = "sentinai health --only blocking,migration_lock" if error.code == "locked" else error.fix
    return found(CheckState.UNKNOWN, name, why, fix)


def worst_first(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Findings that are not ok, the worst of them, and one that says how many more there are."""
    wrong = sorted(
        (one for one in evidence if one.state is not CheckState.OK), key=lambda one: WORST_FIRST.index(one.state)
    )
    if len(wrong) <= SHOWN:
        return tuple(wrong)
    rest = len(wrong) - SHOWN
    return (*wrong[:SHOWN], found(wrong[SHOWN].state, f"{rest} more", f"{rest} more findings like these"))


def hidden_sessions(count: int, login: str) -> Sequence[Evidence]:
    """What to say of sessions that this login may not look at."""
    if not count:
        return ()
    said = f"what {counted(count, 'session does', 'sessions do')} is hidden from this login"
    return (found(CheckState.UNKNOWN, f"login {login}", said, f'GRANT pg_read_all_stats TO "{quoted(login)}";'),)


def quoted(name: str) -> str:
    """A name as it stands between the quotes of SQL."""
    return name.replace('"', '""')


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 tenant`, `2,000 tenants`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def measure(name: str, value: float, **labels: str) -> Measure:
    """One number."""
    return Measure(name=name, value=float(value), labels=labels)


def lasting(seconds: float) -> str:
    """`40 s`, `12 min`, `5 h`, `3 days`: a length of time as one reads it."""
    for size, unit in ((172_800, "days"), (7_200, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / {'days': 86_400, 'h': 3_600, 'min': 60}[unit]:,.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def sized(count: float) -> str:
    """`12 MiB`: a number of bytes as one reads it."""
    for size, unit in ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count:.0f} B"
