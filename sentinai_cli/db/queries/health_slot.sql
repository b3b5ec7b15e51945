-- Replication slots: whether anybody reads them, the state of the log they need, and how many bytes of it are kept.
SELECT s.slot_name::text AS name, s.active, s.wal_status AS log,
       coalesce(pg_wal_lsn_diff(
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
           s.restart_lsn), 0)::float AS retained
FROM pg_replication_slots AS s
WHERE NOT s.temporary
ORDER BY retained DESC, name
