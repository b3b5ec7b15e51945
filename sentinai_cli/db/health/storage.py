"""How tables and indexes are kept: indexes that are broken or idle, dead rows, ids that run out, sizes, the disk."""

import shutil

from sentinai_cli.db.health.finding import counted, found, lasting, measure, sized, worst_first
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.db.schema import metadata
from sentinai_cli.errors import Unavailable
from sentinai_cli.models.health import CheckState, Evidence, Seen

MANY_READS = 1_000
"""Reads of a table after which an index that took part in none is idle."""
ENOUGH_ROWS = 1_000
"""Rows below which a table's share of dead ones says nothing."""
MANY_ROWS = 50_000
"""Rows below which reading all of them does little harm."""
_IDS = 2**31


def indexes(subject: Subject) -> Seen:
    """Every index is whole, none is large and idle, and large tables have one for each foreign key."""
    known = [str(index.name) for table in metadata.sorted_tables for index in table.indexes]
    rows = subject.rows("health_index", known=known, reads=MANY_READS)
    idle, unindexed = subject.thresholds["unused_index"], subject.thresholds["unindexed_rows"]
    evidence: list[Evidence] = []
    for row in rows:
        if row.kind == "invalid":
            state = CheckState.FAIL if row.matters else CheckState.WARN
            said = f"it was broken off and is not used{'; it is to be unique and is not' if row.matters else ''}"
            evidence.append(found(state, f"index {row.name} on {row.relation}", said, row.fix))
        elif row.kind == "unused" and not row.matters:
            said = f"nothing has read it; it takes {sized(row.amount)} and slows every write"
            evidence.append(found(idle.judge(row.amount / 2**20), f"index {row.name} on {row.relation}", said, row.fix))
        elif row.kind == "unindexed":
            said = f"no index begins with its columns: each delete or change above reads all of {row.amount:,.0f} rows"
            evidence.append(
                found(unindexed.judge(row.amount), f"foreign key {row.name} on {row.relation}", said, row.fix)
            )
    counts = {kind: sum(row.kind == kind for row in rows) for kind in ("invalid", "unused", "unindexed")}
    ours = sum(row.kind == "unused" and row.matters for row in rows)
    covered = f"{counts['invalid']} broken, {counts['unused']} idle ({ours} of them the schema's own)"
    measures = (measure("invalid_indexes", counts["invalid"]), measure("unused_indexes", counts["unused"]))
    return Seen(covered, worst_first(evidence), measures)


def vacuum(subject: Subject) -> Seen:
    """Dead rows are few, autovacuum is on, tables that change were vacuumed lately, and statistics know their rows."""
    rows = subject.rows("health_table")
    dead, age = subject.thresholds["dead_rows"], subject.thresholds["vacuum_age"]
    stale = subject.thresholds["stale_statistics"]
    evidence: list[Evidence] = []
    for row in rows:
        fix = f"VACUUM (ANALYZE) {row.name};"
        if row.live + row.dead >= ENOUGH_ROWS:
            share = 100 * row.dead / (row.live + row.dead)
            said = f"{row.dead:,} of its {row.live + row.dead:,} rows are dead ({share:.0f} %)"
            evidence.append(found(dead.judge(share), f"table {row.name}", said, fix))
        if row.unkempt >= max(ENOUGH_ROWS, row.live / 10):
            since = row.vacuumed if row.vacuumed is not None else row.counted_for
            ago = "never since counting began" if row.vacuumed is None else "last"
            said = f"{row.unkempt:,} rows came or went since it was vacuumed, {ago} {lasting(since)} ago"
            evidence.append(found(age.judge(since / 86_400), f"table {row.name}", said, fix))
        if row.unknown >= MANY_ROWS:
            share = 100 * row.unknown / max(row.live, row.unknown)
            said = f"{row.unknown:,} of its rows changed since its statistics were gathered ({share:.0f} %)"
            evidence.append(found(stale.judge(share), f"table {row.name}", said, f"ANALYZE {row.name};"))
        if not row.kept:
            said = "autovacuum is switched off for it"
            evidence.append(
                found(CheckState.WARN, f"table {row.name}", said, f"ALTER TABLE {row.name} RESET (autovacuum_enabled);")
            )
    if rows and not rows[0].autovacuum:
        fix = "ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf();"
        evidence.append(found(CheckState.FAIL, "autovacuum", "it is off for the whole server", fix))
    if rows and not rows[0].counted:
        fix = "ALTER SYSTEM SET track_counts = on; SELECT pg_reload_conf();"
        evidence.append(found(CheckState.UNKNOWN, "track_counts", "it is off: the server counts nothing", fix))
    covered = f"{counted(len(rows), 'table')} with {sum(row.dead for row in rows):,} dead rows"
    measures = tuple(measure("table_dead_rows", row.dead, table=row.name) for row in rows if row.dead)
    return Seen(covered, worst_first(evidence), measures)


def wraparound(subject: Subject) -> Seen:
    """No database is near the end of its transaction or multixact ids, where the server stops taking writes."""
    rows = subject.rows("health_wraparound")
    limit = subject.thresholds["wraparound"]
    evidence = []
    oldest = 0.0
    for row in rows:
        for what, used in (("transaction", row.xids), ("multixact", row.multixacts)):
            share = 100 * used / _IDS
            oldest = max(oldest, share)
            said = f"its oldest {what} id is {used:,.0f} old, {share:.1f} % of what there are"
            fix = f"VACUUM (FREEZE) {row.name};" if row.kind == "table" else "VACUUM (FREEZE);"
            evidence.append(found(limit.judge(share), f"{row.kind} {row.name}", said, fix))
    databases = [row for row in rows if row.kind == "database"]
    measures = [measure("transaction_id_ratio", row.xids / _IDS, database=row.name) for row in databases]
    measures += [measure("multixact_id_ratio", row.multixacts / _IDS, database=row.name) for row in databases]
    covered = f"{counted(len(databases), 'database')}, the oldest id at {oldest:.1f} % of all"
    return Seen(covered, worst_first(evidence), tuple(measures))


def size(subject: Subject) -> Seen:
    """No table has grown beyond what was planned for."""
    rows = subject.rows("health_size")
    limit = subject.thresholds["table_size"]
    evidence = []
    for row in rows:
        state = limit.judge(row.bytes / 2**30)
        said = f"it takes {sized(row.bytes)} for about {row.rows:,.0f} rows, and gets {row.rows_a_day:,.0f} more a day"
        evidence.append(found(state, f"table {row.name}", said, "sentinai tenants list"))
    total = sum(row.bytes for row in rows)
    covered = f"{counted(len(rows), 'table')} of {sized(total)}"
    if rows:
        covered += f", {rows[0].name} {sized(rows[0].bytes)}"
    measures = [measure("table_bytes", row.bytes, table=row.name) for row in rows]
    measures += [measure("table_rows", row.rows, table=row.name) for row in rows]
    return Seen(covered, worst_first(evidence), tuple(measures))


def disk(subject: Subject) -> Seen:
    """The disk of the embedded server has room. Raises Unavailable for a server whose disk is not ours to see."""
    if subject.home is None:
        raise Unavailable("disk_not_seen", "the disk of a server elsewhere cannot be seen from here")
    usage = shutil.disk_usage(subject.home)
    share = 100 * usage.free / usage.total
    state = subject.thresholds["disk_free"].judge(share)
    evidence: tuple[Evidence, ...] = ()
    covered = f"{sized(usage.free)} of {sized(usage.total)} free ({share:.0f} %)"
    if state is not CheckState.OK:
        said = f"{covered}: a full disk stops the server"
        evidence = (found(state, f"disk of {subject.home}", said, f"du -xh -d 3 {subject.home}"),)
    measures = (measure("disk_free_bytes", usage.free), measure("disk_free_ratio", share / 100))
    return Seen(covered, evidence, measures)
