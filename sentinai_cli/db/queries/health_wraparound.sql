-- How many transaction and multixact ids ago each database, and each of the oldest tables of this one, was frozen.
(SELECT 'database' AS kind, d.datname::text AS name, age(d.datfrozenxid)::float AS xids,
        mxid_age(d.datminmxid)::float AS multixacts
 FROM pg_database AS d)
UNION ALL
(SELECT 'table', c.oid::regclass::text, age(c.relfrozenxid)::float, mxid_age(c.relminmxid)::float
 FROM pg_class AS c
 WHERE c.relkind IN ('r', 't', 'm')
 ORDER BY greatest(age(c.relfrozenxid), mxid_age(c.relminmxid)) DESC, c.oid
 LIMIT 3)
ORDER BY kind, name
