-- The %(few)s tenants with most unresolved exceptions past their deadline at %(at)s, each with its exceptions by status.
-- Every count ends at %(cap)s.
SELECT worst.tenant_id, worst.status, worst.breached, held.exceptions, newest.created_at AS newest
FROM (
    SELECT t.tenant_id, t.status, late.count AS breached
    FROM tenant AS t
    CROSS JOIN LATERAL (
        SELECT count(*) AS count
        FROM (
            SELECT FROM exception AS x
            WHERE x.tenant_id = t.tenant_id AND x.status <> 'resolved' AND x.sla_deadline < %(at)s
            LIMIT %(cap)s
        ) AS counted
    ) AS late
    ORDER BY late.count DESC, t.tenant_id LIMIT %(few)s
) AS worst
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(s.status, each.count) AS exceptions
    FROM unnest(%(statuses)s::text[]) AS s(status)
    CROSS JOIN LATERAL (
        SELECT count(*) AS count
        FROM (
            SELECT FROM exception AS x WHERE x.tenant_id = worst.tenant_id AND x.status = s.status LIMIT %(cap)s
        ) AS counted
    ) AS each
) AS held
LEFT JOIN LATERAL (
    SELECT x.created_at FROM exception AS x
    WHERE x.tenant_id = worst.tenant_id ORDER BY x.created_at DESC, x.exception_id DESC LIMIT 1
) AS newest ON true
ORDER BY worst.breached DESC, worst.tenant_id
