-- Every session of clients in this database but the one that asks, and prepared transactions, whose pid is 0. Ages are
-- in seconds; `hidden` is a session that the login may not look into. `verb` is the first word of the statement and no
-- more of it, since the rest may hold a secret.
SELECT a.pid, coalesce(a.application_name, '') AS application, coalesce(a.usename, '?') AS login, a.state,
       a.query = '<insufficient privilege>' AS hidden,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float AS open_for,
       extract(epoch FROM clock_timestamp() - a.state_change)::float AS unchanged_for,
       upper(substring(a.query FROM '^\s*([A-Za-z]+)')) AS verb, NULL AS prepared
FROM pg_stat_activity AS a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
  AND (a.backend_type = 'client backend' OR a.query = '<insufficient privilege>')
UNION ALL
SELECT 0, '', p.owner, 'prepared', false, extract(epoch FROM clock_timestamp() - p.prepared)::float, NULL, NULL, p.gid
FROM pg_prepared_xacts AS p
WHERE p.database = current_database()
ORDER BY open_for DESC NULLS LAST, pid
