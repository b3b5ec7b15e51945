-- Checkpoints by the clock and by request, since how many seconds, on PostgreSQL 15 and 16.
SELECT b.checkpoints_timed AS timed, b.checkpoints_req AS requested,
       extract(epoch FROM clock_timestamp() - b.stats_reset)::float AS seconds,
       current_setting('max_wal_size') AS room,
       pg_size_bytes(current_setting('max_wal_size')) / 1048576 AS room_mib
FROM pg_stat_bgwriter AS b
