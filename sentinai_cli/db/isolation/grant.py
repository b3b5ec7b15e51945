"""Who may do what to which table: nothing beyond what the scopes need."""

from collections.abc import Mapping
from typing import NamedTuple

import psycopg

from sentinai_cli.db.isolation.table import GLOBAL, failures
from sentinai_cli.db.isolation.trigger import APPEND_ONLY
from sentinai_cli.db.roles import APP, BACKUP, OPERATOR, OWNER
from sentinai_cli.models.health import Seen

_READ = frozenset({"SELECT"})
_WORK = frozenset({"SELECT", "INSERT", "UPDATE of columns"})

_GLOBAL_RIGHTS: Mapping[tuple[str, str], frozenset[str]] = {
    ("PUBLIC", "alembic_version"): _READ,
    ("PUBLIC", "database_info"): _READ,
    ("PUBLIC", "migration_record"): _READ,
    (OPERATOR, "database_info"): frozenset({"UPDATE of columns"}),
    (APP, "domain_pack_version"): _READ,
    (OPERATOR, "domain_pack_version"): frozenset({"SELECT", "INSERT"}),
    (OPERATOR, "journal_cut"): _READ,
    (APP, "operation"): frozenset({"INSERT"}),
    (OPERATOR, "operation"): frozenset({"SELECT", "INSERT"}),
}
_NARROWER: Mapping[tuple[str, str], frozenset[str]] = {
    (APP, "tenant"): _READ,
    (APP, "erasure"): _READ,
    (OPERATOR, "erasure"): _READ,
    (APP, "tenant_purge"): _READ,
    (OPERATOR, "tenant_purge"): _READ,
}

_RIGHTS = """
    WITH keyed AS (SELECT k.conrelid, unnest(k.conkey) AS attnum FROM pg_constraint AS k WHERE k.contype = 'p')
    SELECT c.relname,
           CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
           NULL AS attname, acl.grantee = 0, coalesce(pg_get_userbyid(nullif(acl.grantee, 0)), 'PUBLIC'),
           acl.privilege_type, acl.is_grantable, false
    FROM pg_class AS c, aclexplode(c.relacl) AS acl
    WHERE c.relnamespace = 'public'::regnamespace AND acl.grantee <> c.relowner
    UNION ALL
    SELECT c.relname, 'table', a.attname, acl.grantee = 0, coalesce(pg_get_userbyid(nullif(acl.grantee, 0)), 'PUBLIC'),
           acl.privilege_type, acl.is_grantable,
           EXISTS (SELECT FROM keyed WHERE keyed.conrelid = c.oid AND keyed.attnum = a.attnum)
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped, aclexplode(a.attacl) AS acl
    WHERE c.relnamespace = 'public'::regnamespace AND acl.grantee <> c.relowner
    ORDER BY 1, 3 NULLS FIRST, 5, 6
"""
_CREATING = """
    SELECT 'schema public', grantee || ' may make objects in it, which others would then use',
           format('REVOKE CREATE ON SCHEMA public FROM %%s;', grantee)
    FROM (SELECT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END AS grantee
          FROM pg_namespace AS n, aclexplode(n.nspacl) AS acl
          WHERE n.nspname = 'public' AND acl.privilege_type = 'CREATE' AND acl.grantee <> n.nspowner) AS granted
    WHERE grantee NOT IN (%(owner)s::text, 'pg_database_owner')
"""
_LATER = """
    SELECT 'default privileges of ' || pg_get_userbyid(d.defaclrole),
           'tables that it makes later are granted to ' || granted.name,
           format('ALTER DEFAULT PRIVILEGES FOR ROLE %%I%%s REVOKE ALL ON TABLES FROM %%s;',
                  pg_get_userbyid(d.defaclrole),
                  CASE d.defaclnamespace WHEN 0 THEN '' ELSE ' IN SCHEMA ' || d.defaclnamespace::regnamespace END,
                  granted.name)
    FROM pg_default_acl AS d CROSS JOIN LATERAL (
        SELECT DISTINCT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END AS name
        FROM aclexplode(d.defaclacl) AS acl WHERE acl.grantee <> d.defaclrole) AS granted
    WHERE d.defaclobjtype = 'r' AND d.defaclnamespace IN (0, 'public'::regnamespace)
      AND pg_get_userbyid(d.defaclrole) = %(owner)s::text
    ORDER BY 1, 2
"""


class Right(NamedTuple):
    """One entry of an access list. `column` None is the whole relation; `in_key` tells of the column."""

    relation: str
    kind: str
    column: str | None
    to_public: bool
    grantee: str
    privilege: str
    grantable: bool
    in_key: bool

    @property
    def fix(self) -> str:
        """SQL that takes it back."""
        columns = f" ({_quoted(self.column)})" if self.column is not None else ""
        grantee = "PUBLIC" if self.to_public else _quoted(self.grantee)
        return f"REVOKE {self.privilege}{columns} ON public.{_quoted(self.relation)} FROM {grantee};"


def grants(connection: psycopg.Connection) -> Seen:
    """Scopes read, insert, and update columns outside the key; nothing that is append-only is updated; others nothing.

    `sentinai_backup` reads everything.
    """
    found = [Right(*row) for row in connection.execute(_RIGHTS)]
    rows: list[tuple[str, str, str | None]] = [
        (f"{right.kind} {right.relation}", reason, right.fix) for right in found if (reason := _beyond(right))
    ]
    for question in (_CREATING, _LATER):
        rows += connection.execute(question, {"owner": OWNER})
    return Seen(covered=f"{len(found)} grants", evidence=failures(rows))


def _beyond(right: Right) -> str | None:
    """What is wrong with a right; None when it belongs to the matrix."""
    what = right.privilege if right.column is None else f"{right.privilege} of {right.column}"
    if right.grantable:
        return f"{right.grantee} may grant {what} on to others"
    if right.grantee == BACKUP and not right.to_public:
        return None if right.privilege == "SELECT" else f"{BACKUP} has {what}, and only needs to read"
    grantee = "PUBLIC" if right.to_public else right.grantee
    granted = right.privilege
    if right.privilege == "UPDATE" and right.column is not None:
        if right.in_key or right.column == "tenant_id":
            return f"{grantee} has {what}, which is part of the key: rows could change their tenant"
        granted = "UPDATE of columns"
    return None if granted in _allowed(grantee, right.relation) else f"{grantee} has {what}"


def _allowed(grantee: str, relation: str) -> frozenset[str]:
    if relation in GLOBAL:
        return _GLOBAL_RIGHTS.get((grantee, relation), frozenset())
    if grantee not in (APP, OPERATOR):
        return frozenset()
    fixed = "UPDATE" in APPEND_ONLY.get(relation, ())
    return _NARROWER.get((grantee, relation), _WORK - {"UPDATE of columns"} if fixed else _WORK)


def _quoted(name: str | None) -> str:
    return '"' + (name or "").replace('"', '""') + '"'
