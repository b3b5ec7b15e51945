-- The newest exception of all, from the newest of each tenant.
SELECT newest.*
FROM tenant AS t
CROSS JOIN LATERAL (
    SELECT x.tenant_id, x.exception_id, x.type, x.severity, x.status, x.created_at FROM exception AS x
    WHERE x.tenant_id = t.tenant_id ORDER BY x.created_at DESC, x.exception_id DESC LIMIT 1
) AS newest
ORDER BY newest.created_at DESC, newest.tenant_id LIMIT 1
