-- The domain packs that are active for active tenants, each with how many; NULL for tenants that have none.
SELECT 'domain:' || a.domain || '@' || a.domain_version AS pack, count(*)::int AS tenants
FROM tenant AS t
LEFT JOIN LATERAL (
    SELECT n.domain, n.domain_version FROM pack_activation AS n
    WHERE n.tenant_id = t.tenant_id ORDER BY n.no DESC LIMIT 1
) AS a ON true
WHERE t.status = 'active'
GROUP BY 1
ORDER BY 2 DESC, 1
