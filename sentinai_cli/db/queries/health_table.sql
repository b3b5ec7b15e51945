-- What the server counts about each table of schema public. `unkempt` are rows that came or went since it was vacuumed,
-- `vacuumed` is how many seconds ago that was, NULL for never; `unknown` are those of which its statistics, if it has any,
-- do not tell. Asks for no lock.
SELECT s.relid::regclass::text AS name, s.n_live_tup AS live, s.n_dead_tup AS dead,
       s.n_dead_tup + s.n_ins_since_vacuum AS unkempt,
       CASE WHEN greatest(s.last_analyze, s.last_autoanalyze) IS NULL THEN 0 ELSE s.n_mod_since_analyze END AS unknown,
       extract(epoch FROM clock_timestamp() - greatest(s.last_vacuum, s.last_autovacuum))::float AS vacuumed,
       extract(epoch FROM clock_timestamp() - coalesce(d.stats_reset, pg_postmaster_start_time()))::float AS counted_for,
       coalesce((SELECT o.option_value::boolean FROM pg_options_to_table(c.reloptions) AS o
                 WHERE o.option_name = 'autovacuum_enabled'), true) AS kept,
       current_setting('autovacuum')::boolean AS autovacuum, current_setting('track_counts')::boolean AS counted
FROM pg_stat_all_tables AS s
JOIN pg_class AS c ON c.oid = s.relid
JOIN pg_stat_database AS d ON d.datname = current_database()
WHERE c.relnamespace = 'public'::regnamespace
ORDER BY s.n_dead_tup DESC, name
