-- The lock that keeps a second migration out, and the locks of migrations on tables that hold up others. `held_for` is
-- the age in seconds of the transaction, or of the session where the lock is the session's; NULL when hidden.
SELECT l.pid, coalesce(a.application_name, '') AS application, l.locktype = 'advisory' AS advisory, l.mode,
       l.relation::regclass::text AS relation,
       extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.backend_start))::float AS held_for,
       (SELECT count(DISTINCT w.pid) FROM pg_locks AS w WHERE NOT w.granted AND l.pid = ANY (pg_blocking_pids(w.pid)))
           AS waiting
FROM pg_locks AS l
JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.granted AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
  AND (
      (l.locktype = 'advisory' AND l.objsubid = 1 AND l.classid::bigint = %(high)s AND l.objid::bigint = %(low)s)
      OR (l.locktype = 'relation' AND a.application_name LIKE 'sentinai/%%:migrate%%'
          AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
          AND l.relation IN (SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace))
  )
ORDER BY l.pid, advisory DESC, relation
