-- Checkpoints by the clock and by request, since how many seconds, on PostgreSQL 17 and later.
SELECT c.num_timed AS timed, c.num_requested AS requested,
       extract(epoch FROM clock_timestamp() - c.stats_reset)::float AS seconds,
       current_setting('max_wal_size') AS room,
       pg_size_bytes(current_setting('max_wal_size')) / 1048576 AS room_mib
FROM pg_stat_checkpointer AS c
