-- The counters of this database and how many seconds they have run: since their reset, else since the server's start.
SELECT d.deadlocks, d.blks_hit AS hit, d.blks_read AS missed,
       extract(epoch FROM clock_timestamp() - coalesce(d.stats_reset, pg_postmaster_start_time()))::float AS seconds,
       current_setting('track_counts')::boolean AS counted
FROM pg_stat_database AS d
WHERE d.datname = current_database()
