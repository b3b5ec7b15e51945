-- Indexes of schema public that are broken off or that nothing has read though its table was read %(reads)s times, and
-- foreign keys that no index of their table begins with. `amount` is bytes for an index and rows for a foreign key.
-- Sizes are those of the catalogue, which asks for no lock.
WITH tables AS (
    SELECT c.oid, c.reltuples FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
)
SELECT 'invalid' AS kind, i.relname::text AS name, x.indrelid::regclass::text AS relation,
       i.relpages::float * current_setting('block_size')::int AS amount, x.indisunique AS matters,
       format('REINDEX INDEX CONCURRENTLY %%s;', x.indexrelid::regclass) AS fix
FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN tables AS t ON t.oid = x.indrelid
WHERE NOT (x.indisvalid AND x.indisready AND x.indislive)
  AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = x.indexrelid)
UNION ALL
SELECT 'unused', i.relname::text, x.indrelid::regclass::text, i.relpages::float * current_setting('block_size')::int,
       i.relname = ANY (%(known)s), format('DROP INDEX CONCURRENTLY %%s;', x.indexrelid::regclass)
FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN tables AS t ON t.oid = x.indrelid
JOIN pg_stat_all_indexes AS s ON s.indexrelid = x.indexrelid
JOIN pg_stat_all_tables AS u ON u.relid = x.indrelid
WHERE x.indisvalid AND NOT x.indisunique AND s.idx_scan = 0
  AND u.seq_scan + coalesce(u.idx_scan, 0) >= %(reads)s
UNION ALL
SELECT 'unindexed', k.conname::text, k.conrelid::regclass::text, greatest(t.reltuples, 0)::float, false,
       format('CREATE INDEX CONCURRENTLY ON %%s (%%s);', k.conrelid::regclass,
              (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY n.place)
               FROM unnest(k.conkey) WITH ORDINALITY AS n(number, place)
               JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = n.number))
FROM pg_constraint AS k JOIN tables AS t ON t.oid = k.conrelid
WHERE k.contype = 'f' AND NOT EXISTS (
    SELECT FROM pg_index AS x
    WHERE x.indrelid = k.conrelid AND x.indisvalid AND x.indpred IS NULL
      AND (string_to_array(x.indkey::text, ' ')::smallint[])[1:cardinality(k.conkey)] @> k.conkey
)
ORDER BY kind, amount DESC, name
