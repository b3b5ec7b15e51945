"""The tenant in every key: unique and foreign keys see through row-level security, so they must name the tenant."""

import psycopg

from sentinai_cli.db.isolation.table import failures, tenant_tables
from sentinai_cli.models.health import Seen

_NULLABLE = """
    SELECT format('column %%s.tenant_id', attrelid::regclass), 'it may be null: a row may belong to nobody',
           format('ALTER TABLE %%s ALTER COLUMN tenant_id SET NOT NULL;', attrelid::regclass)
    FROM pg_attribute WHERE attrelid = ANY (%(tables)s) AND attname = 'tenant_id' AND NOT attnotnull ORDER BY 1
"""
_UNIQUE = """
    SELECT format('unique index %%s on %%s', i.indexrelid::regclass, i.indrelid::regclass),
           'it does not contain tenant_id: whether a value is taken tells of other tenants',
           CASE WHEN k.oid IS NULL THEN format('DROP INDEX %%s;', i.indexrelid::regclass)
                ELSE format('ALTER TABLE %%s DROP CONSTRAINT %%I;', i.indrelid::regclass, k.conname) END
    FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attname = 'tenant_id'
    LEFT JOIN pg_constraint AS k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid
    WHERE i.indrelid = ANY (%(tables)s) AND (i.indisunique OR i.indisexclusion)
      AND a.attnum <> ALL ((i.indkey::int2[])[0:i.indnkeyatts - 1])
      AND NOT (i.indrelid = to_regclass('public.tenant')
               AND coalesce(pg_get_expr(i.indexprs, i.indrelid), '') = 'lower(tenant_id)')
    ORDER BY 1
"""
_FOREIGN = """
    SELECT format('foreign key %%I on %%s', k.conname, k.conrelid::regclass),
           format('it reaches into %%s without the tenant: a row may hang on another tenant''s', k.confrelid::regclass),
           format('ALTER TABLE %%s DROP CONSTRAINT %%I;', k.conrelid::regclass, k.conname)
    FROM pg_constraint AS k
    WHERE k.contype = 'f' AND k.confrelid = ANY (%(tables)s) AND NOT EXISTS (
        SELECT FROM unnest(k.conkey, k.confkey) AS pair(child, parent)
        JOIN pg_attribute AS c ON c.attrelid = k.conrelid AND c.attnum = pair.child AND c.attname = 'tenant_id'
        JOIN pg_attribute AS p ON p.attrelid = k.confrelid AND p.attnum = pair.parent AND p.attname = 'tenant_id')
    ORDER BY 1
"""
_UNPROVEN = """
    SELECT format('foreign key %%I on %%s', conname, conrelid::regclass),
           'it was never validated: older rows may hang on another tenant''s',
           format('ALTER TABLE %%s VALIDATE CONSTRAINT %%I;', conrelid::regclass, conname)
    FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY (%(tables)s) AND NOT convalidated ORDER BY 1
"""
_KEYLESS = """
    SELECT format('table %%s', c.oid::regclass), 'it has no primary key', 'sentinai migrate status'
    FROM pg_class AS c WHERE c.oid = ANY (%(tables)s)
      AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'p')
    ORDER BY 1
"""
_LOOSE = """
    SELECT format('table %%s', c.oid::regclass), 'no foreign key ties its rows to a tenant that exists',
           format('ALTER TABLE %%s ADD FOREIGN KEY (tenant_id) REFERENCES public.tenant ON DELETE RESTRICT;',
                  c.oid::regclass)
    FROM pg_class AS c WHERE c.oid = ANY (%(tables)s) AND c.oid <> to_regclass('public.tenant') AND NOT EXISTS (
        SELECT FROM pg_constraint AS k JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid = ANY (%(tables)s) AND a.attnum = ANY (k.conkey))
    ORDER BY 1
"""
_QUESTIONS = (_NULLABLE, _FOREIGN, _UNIQUE, _UNPROVEN, _KEYLESS, _LOOSE)


def keys(connection: psycopg.Connection) -> Seen:
    """The tenant is mandatory, and part of every primary, unique and foreign key among tenant tables."""
    tables = tenant_tables(connection)
    rows = [row for question in _QUESTIONS for row in connection.execute(question, {"tables": list(tables)})]
    return Seen(covered=f"the keys of {len(tables)} tables", evidence=failures(rows))
