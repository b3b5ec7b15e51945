-- What each tenant that is not archived has unresolved past its deadline at %(at)s: how many, counted up to %(cap)s,
-- and since when nobody touched any of the %(few)s that are longest past it, with the id of that one.
SELECT t.tenant_id, late.count AS breached, stuck.updated_at AS untouched_since, stuck.exception_id
FROM tenant AS t
CROSS JOIN LATERAL (
    SELECT count(*) AS count
    FROM (
        SELECT FROM exception AS x
        WHERE x.tenant_id = t.tenant_id AND x.status <> 'resolved' AND x.sla_deadline < %(at)s
        LIMIT %(cap)s
    ) AS counted
) AS late
LEFT JOIN LATERAL (
    SELECT longest.updated_at, longest.exception_id
    FROM (
        SELECT x.updated_at, x.exception_id FROM exception AS x
        WHERE x.tenant_id = t.tenant_id AND x.status <> 'resolved' AND x.sla_deadline < %(at)s
        ORDER BY x.sla_deadline, x.exception_id LIMIT %(few)s
    ) AS longest
    ORDER BY longest.updated_at, longest.exception_id LIMIT 1
) AS stuck ON true
WHERE t.status <> 'archived'
ORDER BY t.tenant_id
