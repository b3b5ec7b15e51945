"""The triggers that keep histories append-only: there, on in every replication mode, and no others beside them."""

from collections.abc import Mapping

import psycopg

from sentinai_cli.db.isolation.table import failures, tenant_tables
from sentinai_cli.models.health import CheckState, Evidence, Seen

EVERYTHING = ("UPDATE", "DELETE", "TRUNCATE")
APPEND_ONLY: Mapping[str, tuple[str, ...]] = {
    "domain_pack_version": EVERYTHING,
    "erasure": EVERYTHING,
    "event_seal": EVERYTHING,
    "event_seal_entry": EVERYTHING,
    "exception": ("DELETE", "TRUNCATE"),
    "exception_event": EVERYTHING,
    "journal_cut": EVERYTHING,
    "legal_hold": ("DELETE", "TRUNCATE"),
    "operation": EVERYTHING,
    "pack_activation": EVERYTHING,
    "tenant_policy_pack_version": EVERYTHING,
    "tenant_purge": ("DELETE", "TRUNCATE"),
}
"""What a trigger must refuse, by table."""

# In tgtype: row 1, before 2, delete 8, update 16, truncate 32.
_OPEN = """
    SELECT format('table %%I', wanted.name), 'no trigger that is always on refuses ' || wanted.act,
           format('CREATE TRIGGER %%I BEFORE %%s ON public.%%I FOR EACH %%s EXECUTE FUNCTION %%s();'
                  ' ALTER TABLE public.%%I ENABLE ALWAYS TRIGGER %%I;',
                  wanted.name || '_no_' || lower(wanted.act), wanted.act, wanted.name,
                  CASE wanted.act WHEN 'TRUNCATE' THEN 'STATEMENT' ELSE 'ROW' END,
                  CASE WHEN wanted.act = 'TRUNCATE' THEN 'sentinai_refuse_change'
                       WHEN wanted.name IN ('exception', 'exception_event') THEN 'sentinai_guard_erasure'
                       WHEN wanted.name IN ('pack_activation', 'tenant_policy_pack_version')
                       THEN 'sentinai_guard_purge'
                       WHEN wanted.name = 'operation' THEN 'sentinai_guard_journal'
                       ELSE 'sentinai_refuse_change' END,
                  wanted.name, wanted.name || '_no_' || lower(wanted.act))
    FROM unnest(%(names)s::text[], %(acts)s::text[]) AS wanted(name, act)
    WHERE NOT EXISTS (
        SELECT FROM pg_trigger AS t JOIN pg_proc AS f ON f.oid = t.tgfoid
        WHERE t.tgrelid = to_regclass('public.' || wanted.name) AND t.tgtype & 2 <> 0
          AND f.proname IN ('sentinai_refuse_change', 'sentinai_guard_erasure', 'sentinai_guard_purge',
                            'sentinai_guard_journal')
          AND f.pronamespace = 'public'::regnamespace AND t.tgqual IS NULL AND t.tgattr = ''
          AND t.tgtype & CASE wanted.act WHEN 'DELETE' THEN 8 WHEN 'UPDATE' THEN 16 ELSE 32 END <> 0
          AND (t.tgtype & 1 <> 0) = (wanted.act <> 'TRUNCATE'))
    ORDER BY 1, 2
"""
_OFF = """
    SELECT format('trigger %%I on %%s', t.tgname, t.tgrelid::regclass),
           CASE t.tgenabled WHEN 'D' THEN 'it is disabled'
                ELSE 'it is not always on: a session in another replication mode passes it' END,
           format('ALTER TABLE %%s ENABLE %%s %%I;', t.tgrelid::regclass,
                  CASE WHEN t.tgisinternal THEN 'TRIGGER' ELSE 'ALWAYS TRIGGER' END, t.tgname)
    FROM pg_trigger AS t JOIN pg_proc AS f ON f.oid = t.tgfoid
    JOIN pg_class AS c ON c.oid = t.tgrelid AND c.relnamespace = 'public'::regnamespace
    WHERE CASE WHEN t.tgisinternal THEN t.tgenabled = 'D' AND t.tgconstraint <> 0
               ELSE f.proname ~ '^sentinai_' AND t.tgenabled <> 'A' END
    ORDER BY 1
"""
_STRANGE = """
    SELECT format('trigger %%I on %%s', t.tgname, t.tgrelid::regclass),
           'it is not ours: it sees every row, and runs ' || t.tgfoid::regproc,
           format('DROP TRIGGER %%I ON %%s;', t.tgname, t.tgrelid::regclass)
    FROM pg_trigger AS t JOIN pg_proc AS f ON f.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND t.tgrelid = ANY (%(tables)s) AND f.proname !~ '^sentinai_' ORDER BY 1
"""


def triggers(connection: psycopg.Connection) -> Seen:
    """What is append-only refuses change in every replication mode; foreign keys are on; a stranger is a warning."""
    wanted = [(table, act) for table, acts in APPEND_ONLY.items() for act in acts]
    values = {
        "names": [table for table, _ in wanted],
        "acts": [act for _, act in wanted],
        "tables": list(tenant_tables(connection)),
    }
    wrong = [row for question in (_OPEN, _OFF) for row in connection.execute(question, values)]
    strange = [
        Evidence(state=CheckState.WARN, object=name, finding=finding, fix=fix)
        for name, finding, fix in connection.execute(_STRANGE, values)
    ]
    return Seen(covered=f"{len(APPEND_ONLY)} append-only tables", evidence=(*failures(wrong), *strange))
