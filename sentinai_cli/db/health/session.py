"""What sessions hold: connections, transactions that stay open, and transactions that nobody works in."""

from collections.abc import Callable
from typing import Any

from sentinai_cli.db.health.finding import counted, found, hidden_sessions, lasting, measure, worst_first
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.models.health import CheckState, Evidence, Seen
from sentinai_cli.models.health_threshold import Threshold

_WHO_IS_CONNECTED = (
    "SELECT usename, application_name, state, count(*) FROM pg_stat_activity"
    " WHERE datid IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 4 DESC;"
)


def connections(subject: Subject) -> Seen:
    """Enough connections are left on the server, for this database and this login, and for this tool's own pool."""
    seen = subject.row("health_connection")
    limit = subject.thresholds["connections"]
    places = [
        ("server", seen.used, seen.available),
        (f"database {seen.database}", seen.of_database, seen.database_limit),
        (f"login {seen.login}", seen.of_login, seen.login_limit),
    ]
    evidence: list[Evidence] = []
    for name, used, most in places:
        state = limit.judge(100 * used / most) if most > 0 else CheckState.OK
        if state is not CheckState.OK:
            evidence.append(found(state, name, f"{used} of {most} connections are in use", _WHO_IS_CONNECTED))
    free = seen.available - seen.used
    if subject.pool - seen.ours > free:
        said = f"this tool may open {subject.pool} connections and has {seen.ours}; the server has {free} left"
        evidence.append(found(CheckState.WARN, "pool", said, "export DB_POOL_SIZE=2 DB_MAX_OVERFLOW=2"))
    covered = f"{seen.used} of {seen.available} connections in use, {seen.ours} of them by sentinai"
    measures = (
        measure("connections", seen.used),
        measure("connections_limit", seen.available),
        measure("pool_connections", seen.ours),
    )
    return Seen(covered, worst_first(evidence), measures)


def transactions(subject: Subject) -> Seen:
    """No transaction has been open for so long that it keeps vacuum, seals and migrations waiting."""
    rows = subject.rows("health_session")
    return _aged(
        subject,
        [row for row in rows if row.open_for is not None],
        subject.thresholds["long_transaction"],
        age=lambda row: row.open_for,
        said=lambda row: f"its transaction has been open for {lasting(row.open_for)}",
        what="open transaction",
        named="oldest_transaction_seconds",
        hidden=sum(bool(row.hidden) for row in rows),
    )


def idle_transactions(subject: Subject) -> Seen:
    """No session holds a transaction open without working in it."""
    rows = subject.rows("health_session")
    return _aged(
        subject,
        [row for row in rows if (row.state or "").startswith("idle in transaction")],
        subject.thresholds["idle_in_transaction"],
        age=lambda row: row.unchanged_for,
        said=lambda row: f"it has left its transaction idle for {lasting(row.unchanged_for)}",
        what="idle transaction",
        named="longest_idle_transaction_seconds",
        hidden=sum(bool(row.hidden) for row in rows),
    )


def who(row: Any) -> str:
    """A session in words: its application and login."""
    return f"{row.application or 'no name'}, login {row.login}"


def ending(row: Any) -> str:
    """The SQL that ends what the session does."""
    if row.pid == 0:
        return "ROLLBACK PREPARED '" + str(row.prepared).replace("'", "''") + "';"
    return f"SELECT pg_{'cancel' if row.state == 'active' else 'terminate'}_backend({row.pid});"


def _aged(
    subject: Subject,
    rows: list[Any],
    limit: Threshold,
    *,
    age: Callable[[Any], float],
    said: Callable[[Any], str],
    what: str,
    named: str,
    hidden: int,
) -> Seen:
    evidence = []
    for row in rows:
        state = limit.judge(age(row))
        if state is not CheckState.OK:
            name = f"pid {row.pid}" if row.pid else f"prepared transaction {row.prepared}"
            doing = f", in {row.verb}" if row.verb and row.state == "active" else ""
            evidence.append(found(state, name, f"{said(row)} ({who(row)}{doing})", ending(row)))
    login = str(subject.connection.info.user)
    oldest = max((age(row) for row in rows), default=0.0)
    return Seen(
        counted(len(rows), what) + (f", the oldest for {lasting(oldest)}" if rows else ""),
        (*worst_first(evidence), *hidden_sessions(hidden, login)),
        (measure(named, oldest),),
    )
