"""Row-level security on every tenant table: on, forced, and with the two policies of the tenant rule."""

from collections.abc import Iterator
from typing import NamedTuple

import psycopg

from sentinai_cli.db.isolation.table import failures, tenant_tables
from sentinai_cli.db.roles import OPERATOR
from sentinai_cli.models.health import Seen

_UNGUARDED = """
    SELECT 'table ' || oid::regclass,
           CASE WHEN relrowsecurity THEN 'row-level security is not forced: its owner sees every tenant'
                ELSE 'row-level security is off: every role with a grant sees every tenant' END,
           format('ALTER TABLE %%s ENABLE ROW LEVEL SECURITY; ALTER TABLE %%s FORCE ROW LEVEL SECURITY;',
                  oid::regclass, oid::regclass)
    FROM pg_class WHERE oid = ANY (%(tables)s) AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1
"""
_POLICIES = """
    SELECT polrelid::bigint, polname,
           CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END, polcmd::text,
           array(SELECT CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role) END FROM unnest(polroles) AS role
                 ORDER BY 1),
           regexp_replace(coalesce(pg_get_expr(polqual, polrelid), ''), '\\s+', ' ', 'g'),
           regexp_replace(coalesce(pg_get_expr(polwithcheck, polrelid), ''), '\\s+', ' ', 'g')
    FROM pg_policy WHERE polrelid = ANY (%(tables)s) ORDER BY polrelid, polname
"""
_OWN = "(tenant_id = ( SELECT current_setting('sentinai.tenant_id'::text, true) AS current_setting))"
"""As every supported server spells it when asked."""


class Policy(NamedTuple):
    """A policy as the catalogue tells it. `command` is `*` for all of them."""

    name: str
    kind: str
    command: str
    roles: list[str]
    using: str
    check: str


_RULE = {
    "tenant_scope": Policy("tenant_scope", "permissive", "*", ["public"], _OWN, _OWN),
    "all_tenants": Policy("all_tenants", "permissive", "*", [OPERATOR], "true", "true"),
}
_MAKE = {
    "tenant_scope": "CREATE POLICY tenant_scope ON {table}"
    " USING (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))"
    " WITH CHECK (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)));",
    "all_tenants": "CREATE POLICY all_tenants ON {table} TO sentinai_operator USING (true) WITH CHECK (true);",
}


def row_security(connection: psycopg.Connection) -> Seen:
    """Row-level security is on and forced wherever tenants' rows are."""
    tables = tenant_tables(connection)
    unguarded = connection.execute(_UNGUARDED, {"tables": list(tables)}).fetchall()
    return Seen(covered=f"{len(tables)} tables", evidence=failures(unguarded))


def policies(connection: psycopg.Connection) -> Seen:
    """Each tenant table has the two policies of the rule, unchanged, and no other that lets more through."""
    tables = tenant_tables(connection)
    found: dict[int, dict[str, Policy]] = {oid: {} for oid in tables}
    for oid, *rest in connection.execute(_POLICIES, {"tables": list(tables)}):
        policy = Policy(*rest)
        found[oid][policy.name] = policy
    rows = [row for oid, name in tables.items() for row in _deviations(name, found[oid])]
    return Seen(covered=f"{sum(map(len, found.values()))} policies on {len(tables)} tables", evidence=failures(rows))


def rule(table: str) -> str:
    """SQL that puts a table under the rule again, whatever has become of its policies."""
    guard = f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
    remade = [
        f"DROP POLICY IF EXISTS {name} ON {table}; {making.format(table=table)}" for name, making in _MAKE.items()
    ]
    return " ".join([guard, *remade])


def _deviations(table: str, found: dict[str, Policy]) -> Iterator[tuple[str, str, str]]:
    for name, wanted in _RULE.items():
        making = _MAKE[name].format(table=table)
        if name not in found:
            yield f"table {table}", f"the policy {name} is missing", making
        elif found[name] != wanted:
            differing = ", ".join(
                f"{field} is {getattr(found[name], field)!r}"
                for field in Policy._fields
                if getattr(found[name], field) != getattr(wanted, field)
            )
            remaking = f"DROP POLICY {name} ON {table}; {making}"
            yield f"policy {name} on {table}", f"it was altered: {differing}", remaking
    for name, policy in found.items():
        if name not in _RULE and policy.kind == "permissive":
            quoted = '"' + name.replace('"', '""') + '"'
            finding = f"it lets {', '.join(policy.roles)} through where {policy.using or policy.check or 'true'}"
            yield f"policy {quoted} on {table}", finding, f"DROP POLICY {quoted} ON {table};"
