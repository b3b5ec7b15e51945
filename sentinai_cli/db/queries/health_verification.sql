-- When each tenant that is not archived had its events verified last, alone or with all others, as the newest %(entries)s
-- entries of the journal tell; `age` is in seconds, since the tenant was made where nobody verified anything.
WITH newest AS (
    SELECT o.at, o.command, o.tenant_id, o.after FROM operation AS o
    ORDER BY o.at DESC, o.operation_id DESC LIMIT %(entries)s
)
SELECT t.tenant_id, v.at IS NOT NULL AS verified,
       extract(epoch FROM clock_timestamp() - coalesce(v.at, t.created_at))::float AS age,
       coalesce((v.after ->> 'broken')::bigint, 0) AS broken
FROM tenant AS t
LEFT JOIN LATERAL (
    SELECT n.at, n.after FROM newest AS n
    WHERE n.command = 'events verify' AND (n.tenant_id IS NULL OR n.tenant_id = t.tenant_id)
    ORDER BY n.at DESC LIMIT 1
) AS v ON true
WHERE t.status <> 'archived' AND EXISTS (SELECT FROM exception_event AS e WHERE e.tenant_id = t.tenant_id)
ORDER BY t.tenant_id
