-- The domain pack that is active for each tenant that is active, NULLs for one that has none. One document for each
-- version: with the first of its tenants.
SELECT t.tenant_id, a.domain, a.domain_version,
       CASE WHEN row_number() OVER (PARTITION BY a.domain, a.domain_version ORDER BY t.tenant_id) = 1
            THEN d.pack_json END AS domain_pack
FROM tenant AS t
LEFT JOIN LATERAL (
    SELECT n.domain, n.domain_version FROM pack_activation AS n
    WHERE n.tenant_id = t.tenant_id ORDER BY n.no DESC LIMIT 1
) AS a ON true
LEFT JOIN domain_pack_version AS d ON d.domain = a.domain AND d.version = a.domain_version
WHERE t.status = 'active'
ORDER BY t.tenant_id
