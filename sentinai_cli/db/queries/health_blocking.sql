-- Every session that waits for a lock of this database, and every one that keeps it waiting. `blockers` is empty for
-- who waits for nobody; 0 among them is a prepared transaction.
WITH waiting AS (
    SELECT l.pid, pg_blocking_pids(l.pid) AS blockers, l.mode, coalesce(l.relation::regclass::text, l.locktype) AS what,
           extract(epoch FROM clock_timestamp() - l.waitstart)::float AS waited
    FROM pg_locks AS l
    WHERE NOT l.granted AND l.pid <> pg_backend_pid()
      AND l.pid IN (SELECT s.pid FROM pg_stat_activity AS s WHERE s.datname = current_database())
),
involved (pid) AS (
    SELECT w.pid FROM waiting AS w
    UNION SELECT unnest(w.blockers) FROM waiting AS w
)
SELECT i.pid, coalesce(w.blockers, '{}') AS blockers, w.mode, w.what, w.waited,
       coalesce(a.application_name, '') AS application, coalesce(a.usename, '?') AS login, a.state,
       upper(substring(a.query FROM '^\s*([A-Za-z]+)')) AS verb,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float AS open_for
FROM involved AS i
LEFT JOIN waiting AS w ON w.pid = i.pid
LEFT JOIN pg_stat_activity AS a ON a.pid = i.pid
ORDER BY i.pid
