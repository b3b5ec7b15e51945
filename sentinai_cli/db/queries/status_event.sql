-- The newest event of all, from the newest of each tenant.
SELECT newest.*
FROM tenant AS t
CROSS JOIN LATERAL (
    SELECT e.tenant_id, e.exception_id, e.event_type, e.actor_id, e.created_at FROM exception_event AS e
    WHERE e.tenant_id = t.tenant_id ORDER BY e.created_at DESC, e.exception_id DESC, e.event_no DESC LIMIT 1
) AS newest
ORDER BY newest.created_at DESC, newest.tenant_id LIMIT 1
