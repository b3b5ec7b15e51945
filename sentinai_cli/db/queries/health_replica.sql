-- Who follows this server and how far behind: seconds and bytes, NULL where the login may not see them or nothing is
-- known. On a replica one row more, of itself.
SELECT r.pid, coalesce(nullif(r.application_name, ''), 'pid ' || r.pid) AS name, r.state,
       extract(epoch FROM r.replay_lag)::float AS seconds,
       CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::float END AS bytes,
       r.state IS NULL AS hidden, false AS itself
FROM pg_stat_replication AS r
UNION ALL
SELECT 0, 'this server', CASE WHEN pg_is_wal_replay_paused() THEN 'paused' ELSE 'replica' END,
       CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::float,
       pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::float, false, true
WHERE pg_is_in_recovery()
ORDER BY name
