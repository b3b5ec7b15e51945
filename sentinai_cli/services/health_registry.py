"""Every health check that there is, in the order in which they are made and, among equals, shown."""

from sentinai_cli.db.health.connectivity import clock, connectivity, version
from sentinai_cli.db.health.counter import cache, checkpoints, deadlocks
from sentinai_cli.db.health.lock import blocking, migration
from sentinai_cli.db.health.replication import replication
from sentinai_cli.db.health.schema import append_only, isolation, schema
from sentinai_cli.db.health.session import connections, idle_transactions, transactions
from sentinai_cli.db.health.storage import disk, indexes, size, vacuum, wraparound
from sentinai_cli.db.health.tenant import growth, neighbours, seals, sla, verification
from sentinai_cli.db.isolation.bypass import functions, views
from sentinai_cli.db.isolation.grant import grants
from sentinai_cli.db.isolation.key import keys
from sentinai_cli.db.isolation.moment import Look
from sentinai_cli.db.isolation.parent import parents
from sentinai_cli.db.isolation.policy import policies, row_security
from sentinai_cli.db.isolation.probe import probe
from sentinai_cli.db.isolation.role import logins, scope_roles
from sentinai_cli.db.isolation.table import tables
from sentinai_cli.db.isolation.trigger import triggers
from sentinai_cli.services.health_check import Check
from sentinai_cli.services.health_pack import packs


def _lint(name: str, question: str, ask: Look) -> Check:
    return Check(name, question, lambda subject: ask(subject.connection))


ISOLATION: tuple[Check, ...] = (
    _lint("tables", "Is every table a tenant's, or global for a known reason?", tables),
    _lint("row_security", "Is row-level security on and forced on every tenant table?", row_security),
    _lint("policies", "Does each have the two policies of the rule, and no other?", policies),
    _lint("keys", "Is the tenant part of every key?", keys),
    _lint("roles", "Are the scopes' roles there, and bound by the policies?", scope_roles),
    Check(
        "logins",
        "Does nobody else see rows without a scope?",
        lambda subject: logins(subject.connection, embedded=subject.embedded),
    ),
    _lint("functions", "Does no function run with its owner's rights?", functions),
    _lint("views", "Does no view, copy or rule lead around the policies?", views),
    _lint("grants", "Has nobody more rights than the scopes need?", grants),
    _lint("triggers", "Are the append-only guards on in every mode?", triggers),
    Check("parents", "Does every row belong to its parent's tenant?", lambda subject: parents(subject.database)),
    Check("probe", "Does one tenant, live, reach nothing of another's?", lambda subject: probe(subject.database)),
)
"""What `health isolation` proves."""

HEALTH: tuple[Check, ...] = (
    Check(
        "connectivity",
        "Does the database answer, and quickly?",
        connectivity,
        ("connect_time", "round_trip"),
        "Look at the network between here and the server, at its load, and at the pooler where there is one.",
    ),
    Check(
        "version",
        "Does the server's version still get fixes?",
        version,
        ("end_of_life",),
        "Back up, move to a newer major version, restore or `pg_upgrade`.",
    ),
    Check(
        "clock",
        "Do this machine and the server agree on the time?",
        clock,
        ("clock_skew",),
        "Switch time synchronisation on where it is off; deadlines are judged by this machine's clock.",
    ),
    Check(
        "schema",
        "Is the schema the one of this release?",
        schema,
        (),
        "`sentinai migrate` when it is behind; `sentinai migrate check` shows each difference in full.",
    ),
    Check(
        "isolation",
        "Are tenants kept apart by the rule?",
        isolation,
        (),
        "Run the SQL of the finding; `sentinai health isolation` proves the rest, with a live probe.",
    ),
    Check(
        "append_only",
        "Are the guards of the histories always on?",
        append_only,
        (),
        "Run the SQL of the finding, then `sentinai events verify --all-tenants`: nothing guarded history meanwhile.",
    ),
    Check(
        "seals",
        "Is every tenant's event log sealed in time?",
        seals,
        ("seal_age",),
        "Seal every night: `sentinai events seal --all-tenants`.",
    ),
    Check(
        "verification",
        "Was the event log verified lately, and whole?",
        verification,
        ("verify_age",),
        "`sentinai events verify --all-tenants`; a broken log is an incident: keep the database as it is.",
    ),
    Check(
        "connections",
        "Are there connections left?",
        connections,
        ("connections",),
        "Find who holds them; put a pooler in front, or lower pools before raising `max_connections`.",
    ),
    Check(
        "transactions",
        "Does no transaction stay open for long?",
        transactions,
        ("long_transaction",),
        "Ask whose it is, then cancel or end it: it keeps vacuum, seals and migrations waiting.",
    ),
    Check(
        "idle_transactions",
        "Does nobody leave a transaction idle?",
        idle_transactions,
        ("idle_in_transaction",),
        "End the session, mend the program, set `idle_in_transaction_session_timeout` for its login.",
    ),
    Check(
        "blocking",
        "Does nobody wait long for a lock?",
        blocking,
        ("lock_wait",),
        "End the roots of the tree, not those that wait.",
    ),
    Check(
        "migration_lock",
        "Does no migration hold its locks for long?",
        migration,
        ("migration_lock",),
        "See whether it is at work or forgotten; a migration that is cancelled can be repeated.",
    ),
    Check(
        "deadlocks",
        "Do transactions not kill each other?",
        deadlocks,
        ("deadlocks",),
        "The server's log names both statements: make them take their rows in one order.",
    ),
    Check(
        "cache",
        "Is what is read mostly in memory?",
        cache,
        ("cache_hit",),
        "Raise `shared_buffers`, or find the statement that reads whole tables.",
    ),
    Check(
        "checkpoints",
        "Do checkpoints come by the clock?",
        checkpoints,
        ("requested_checkpoints",),
        "Raise `max_wal_size`.",
    ),
    Check(
        "indexes",
        "Is every index whole, and useful?",
        indexes,
        ("unused_index", "unindexed_rows"),
        "Rebuild what is broken, drop what is idle, add what is missing, each with the SQL of the finding.",
    ),
    Check(
        "vacuum",
        "Are dead rows cleaned away, and statistics fresh?",
        vacuum,
        ("dead_rows", "vacuum_age", "stale_statistics"),
        "Switch autovacuum on; vacuum or analyze the table; find the transaction or slot that keeps dead rows alive.",
    ),
    Check(
        "wraparound",
        "Are transaction ids far from their end?",
        wraparound,
        ("wraparound",),
        "End old transactions, drop unread slots, then vacuum the oldest tables with FREEZE.",
    ),
    Check(
        "table_size",
        "Is no table larger than planned?",
        size,
        ("table_size",),
        "Decide what may be removed, and when; else set the threshold to what is planned now.",
    ),
    Check(
        "tenant_growth",
        "Does no tenant grow all at once?",
        growth,
        ("tenant_growth",),
        "See which source or type it is, and ask the tenant before it fills the queue.",
    ),
    Check(
        "replication",
        "Do replicas and slots keep up?",
        replication,
        ("replication_lag", "replica_backlog", "slot_backlog"),
        "Mend the replica; drop a slot whose reader will not return: it keeps the log until the disk is full.",
    ),
    Check(
        "disk",
        "Has the embedded server's disk room?",
        disk,
        ("disk_free",),
        "Remove or move what is not needed; the server stops when the disk is full.",
        local=True,
    ),
    Check(
        "sla",
        "Does every tenant meet its deadlines?",
        sla,
        ("breached", "stuck"),
        "Begin with what is longest past its deadline.",
    ),
    Check(
        "neighbours",
        "Does no tenant take far more than the others?",
        neighbours,
        ("noisy_neighbour",),
        "See what the tenant sends; limit it at the source.",
    ),
    Check(
        "packs",
        "Do packs decide for every tenant, as they should?",
        packs,
        (),
        "Activate a pair of packs; a pair that fails its tests is rolled back with `sentinai packs rollback`.",
    ),
)
"""What `sentinai health` asks. Only catalogues and indexes are read: no check reads all rows."""
