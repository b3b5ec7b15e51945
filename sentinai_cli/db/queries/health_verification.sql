-- When each tenant that is not archived had all its events verified last, alone or with all others, as the newest
-- %(entries)s entries of the journal tell; `age` is in seconds, since the tenant was made where nobody verified anything.
-- `broken` is what the newest verification found, of whatever it looked at.
WITH verified AS MATERIALIZED (
    SELECT newest.at, newest.tenant_id, coalesce((newest.after ->> 'broken')::bigint, 0) AS broken,
           coalesce((newest.after ->> 'since_seal')::boolean, false) AS in_part
    FROM (
        SELECT o.at, o.command, o.tenant_id, o.after FROM operation AS o WHERE NOT o.reads
        ORDER BY o.at DESC, o.operation_id DESC LIMIT %(entries)s
    ) AS newest
    WHERE newest.command = 'events verify'
)
SELECT t.tenant_id, whole.at IS NOT NULL AS verified,
       extract(epoch FROM clock_timestamp() - coalesce(whole.at, t.created_at))::float AS age,
       coalesce(last.broken, 0) AS broken,
       extract(epoch FROM clock_timestamp() - last.at)::float AS found_ago
FROM tenant AS t
LEFT JOIN LATERAL (
    SELECT v.at FROM verified AS v
    WHERE NOT v.in_part AND (v.tenant_id IS NULL OR v.tenant_id = t.tenant_id) ORDER BY v.at DESC LIMIT 1
) AS whole ON true
LEFT JOIN LATERAL (
    SELECT v.at, v.broken FROM verified AS v
    WHERE v.tenant_id = t.tenant_id OR v.tenant_id IS NULL ORDER BY v.at DESC LIMIT 1
) AS last ON true
WHERE t.status <> 'archived' AND EXISTS (SELECT FROM exception_event AS e WHERE e.tenant_id = t.tenant_id)
ORDER BY t.tenant_id
