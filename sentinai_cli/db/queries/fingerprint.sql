-- Every object of schema public that a revision makes, as (kind, name, definition), and the roles behind the scopes.
-- Comes out equal on PostgreSQL 15 to 18: NOT NULL is read from columns, never from constraints (which 18 has too), and
-- what an owner may do is left out (17 added a right). What belongs to an extension is left out. Run it with
-- search_path = public, since deparsed names depend on it.
WITH ours AS (
    SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity,
           c.relpersistence, c.reloptions
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
      )
),
tables AS (
    SELECT * FROM ours WHERE relkind IN ('r', 'p')
),
granted (kind, name, grantee, owner, privilege, grantable) AS (
    SELECT 'grant', relation.relname::text, acl.grantee, relation.relowner, acl.privilege_type, acl.is_grantable
    FROM ours AS relation, aclexplode(relation.relacl) AS acl
    UNION ALL
    SELECT 'grant', relation.relname || '.' || a.attname, acl.grantee, relation.relowner, acl.privilege_type,
           acl.is_grantable
    FROM ours AS relation JOIN pg_attribute AS a ON a.attrelid = relation.oid, aclexplode(a.attacl) AS acl
    UNION ALL
    SELECT 'grant', 'schema public', acl.grantee, n.nspowner, acl.privilege_type, acl.is_grantable
    FROM pg_namespace AS n, aclexplode(n.nspacl) AS acl
    WHERE n.nspname = 'public'
      AND (acl.grantee = 0 OR acl.grantee IN (SELECT oid FROM pg_roles WHERE rolname LIKE 'sentinai\_%'))
    UNION ALL
    SELECT 'grant', 'function ' || p.oid::regprocedure, acl.grantee, p.proowner, acl.privilege_type, acl.is_grantable
    FROM pg_proc AS p, aclexplode(p.proacl) AS acl
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
      )
    UNION ALL
    SELECT 'default grant', d.defaclrole::regrole || ' on ' || d.defaclobjtype::text, acl.grantee, d.defaclrole,
           acl.privilege_type, acl.is_grantable
    FROM pg_default_acl AS d, aclexplode(d.defaclacl) AS acl
    WHERE (d.defaclnamespace = 0 OR d.defaclnamespace = 'public'::regnamespace)
      AND d.defaclrole::regrole::text LIKE 'sentinai\_%'
      AND acl.grantee <> d.defaclrole
)
SELECT 'table' AS kind, relname::text AS name,
       concat_ws(', ',
           'owner ' || relowner::regrole,
           CASE relpersistence WHEN 'p' THEN NULL WHEN 'u' THEN 'unlogged' ELSE 'temporary' END,
           CASE WHEN relkind = 'p' THEN 'partitioned' END,
           CASE WHEN relrowsecurity THEN 'row security' ELSE 'no row security' END,
           CASE WHEN relforcerowsecurity THEN 'forced' ELSE 'not forced' END,
           'with ' || array_to_string(reloptions, ' '),
           (SELECT 'inherits ' || string_agg(i.inhparent::regclass::text, ' ' ORDER BY i.inhseqno)
            FROM pg_inherits AS i WHERE i.inhrelid = tables.oid)
       ) AS definition
FROM tables
UNION ALL
SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
                    ELSE 'sequence' END,
       relname::text,
       concat_ws(', ', 'owner ' || relowner::regrole, CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END)
FROM ours
WHERE relkind IN ('v', 'm', 'f', 'S')
UNION ALL
SELECT 'column', t.relname || '.' || a.attname,
       concat_ws(' ',
           format_type(a.atttypid, a.atttypmod),
           CASE WHEN a.attcollation <> y.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END,
           CASE WHEN a.attnotnull THEN 'NOT NULL' END,
           CASE a.attgenerated WHEN 's' THEN 'STORED' WHEN 'v' THEN 'VIRTUAL' END,
           CASE WHEN a.attidentity <> '' THEN 'IDENTITY' END,
           CASE WHEN d.oid IS NOT NULL THEN 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END
       )
FROM tables AS t
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS y ON y.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
UNION ALL
SELECT CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique key' WHEN 'f' THEN 'foreign key'
                      WHEN 'x' THEN 'exclusion' WHEN 't' THEN 'constraint trigger' ELSE 'check' END,
       t.relname || '.' || k.conname,
       concat_ws(' ',
           pg_get_constraintdef(k.oid),
           CASE WHEN EXISTS (
               SELECT FROM pg_trigger AS g WHERE g.tgconstraint = k.oid AND g.tgisinternal AND g.tgenabled <> 'O'
           ) THEN '(not enforced: its triggers are disabled)' END
       )
FROM tables AS t JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype <> 'n'
UNION ALL
SELECT 'index', i.relname::text,
       concat_ws(' ',
           pg_get_indexdef(x.indexrelid),
           CASE WHEN NOT x.indisvalid THEN '(INVALID)' END,
           CASE WHEN NOT x.indisready OR NOT x.indislive THEN '(not maintained)' END
       )
FROM tables AS t JOIN pg_index AS x ON x.indrelid = t.oid JOIN pg_class AS i ON i.oid = x.indexrelid
UNION ALL
SELECT 'trigger', t.relname || '.' || g.tgname,
       pg_get_triggerdef(g.oid) || CASE g.tgenabled WHEN 'O' THEN '' WHEN 'A' THEN ' (enabled always)'
                                                    WHEN 'R' THEN ' (on replicas only)' ELSE ' (DISABLED)' END
FROM tables AS t JOIN pg_trigger AS g ON g.tgrelid = t.oid AND NOT g.tgisinternal
UNION ALL
SELECT 'rule', t.relname || '.' || r.rulename, pg_get_ruledef(r.oid)
FROM tables AS t JOIN pg_rewrite AS r ON r.ev_class = t.oid
UNION ALL
SELECT 'policy', t.relname || '.' || p.polname,
       concat_ws(' ',
           CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
           CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                         ELSE 'ALL' END,
           'to ' || (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ' ORDER BY role)
                     FROM unnest(p.polroles) AS role),
           'using ' || pg_get_expr(p.polqual, p.polrelid),
           'check ' || pg_get_expr(p.polwithcheck, p.polrelid)
       )
FROM tables AS t JOIN pg_policy AS p ON p.polrelid = t.oid
UNION ALL
SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
       p.oid::regprocedure::text,
       concat_ws(', ',
           'owner ' || p.proowner::regrole,
           CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END
       )
FROM pg_proc AS p
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  )
UNION ALL
SELECT 'type', y.typname::text, CASE y.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE 'composite' END
FROM pg_type AS y
WHERE y.typnamespace = 'public'::regnamespace AND y.typtype IN ('e', 'd', 'c', 'r')
  AND (y.typtype <> 'c' OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = y.typrelid AND c.relkind = 'c'))
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d WHERE d.classid = 'pg_type'::regclass AND d.objid = y.oid AND d.deptype = 'e'
  )
UNION ALL
SELECT kind, name || ' to ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
       string_agg(privilege || CASE WHEN grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY privilege)
FROM (SELECT DISTINCT * FROM granted WHERE grantee <> owner) AS each_once
GROUP BY kind, name, grantee
UNION ALL
-- Whether the backup role sees past row-level security is the server's choice: only a superuser can grant it.
SELECT 'role', r.rolname::text,
       concat_ws(', ',
           CASE WHEN r.rolcanlogin THEN 'login' ELSE 'no login' END,
           CASE WHEN r.rolsuper THEN 'superuser' END,
           CASE WHEN r.rolbypassrls AND r.rolname <> 'sentinai_backup' THEN 'bypasses row security' END,
           CASE WHEN r.rolcreaterole THEN 'creates roles' END,
           CASE WHEN r.rolcreatedb THEN 'creates databases' END,
           CASE WHEN r.rolreplication THEN 'replication' END,
           (SELECT 'member of ' || string_agg(m.roleid::regrole::text, ' ' ORDER BY m.roleid::regrole::text)
            FROM pg_auth_members AS m WHERE m.member = r.oid),
           (SELECT 'settings ' || string_agg(array_to_string(s.setconfig, ' '), ' ' ORDER BY s.setdatabase)
            FROM pg_db_role_setting AS s
            WHERE s.setrole = r.oid
              AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
       )
FROM pg_roles AS r
WHERE r.rolname IN ('sentinai_owner', 'sentinai_app', 'sentinai_operator', 'sentinai_backup')
ORDER BY 1, 2
