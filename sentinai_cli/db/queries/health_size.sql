-- The size of each table of schema public with its indexes, its rows as estimated, and what came in since counting began.
SELECT c.oid::regclass::text AS name, pg_total_relation_size(c.oid)::float AS bytes,
       greatest(c.reltuples, s.n_live_tup, 0)::float AS rows,
       86400 * (s.n_tup_ins - s.n_tup_del)
           / greatest(86400, extract(epoch FROM clock_timestamp() - coalesce(d.stats_reset, pg_postmaster_start_time())))
           ::float AS rows_a_day
FROM pg_class AS c
JOIN pg_stat_all_tables AS s ON s.relid = c.oid
JOIN pg_stat_database AS d ON d.datname = current_database()
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm')
ORDER BY bytes DESC, name
