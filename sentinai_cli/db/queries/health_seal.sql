-- Each tenant's newest seal, and whether events wait for one. An event that waits was written by a transaction that the
-- newest seal does not reach; numbers of transactions mean nothing across a restore, which begins a new epoch. Two
-- questions instead of one with OR, so that the index by transaction answers the second.
SELECT t.tenant_id, s.sealed_at,
       extract(epoch FROM clock_timestamp() - coalesce(s.sealed_at, t.created_at))::float AS age,
       CASE WHEN s.epoch = (SELECT i.epoch FROM database_info AS i)
            THEN EXISTS (SELECT FROM exception_event AS e WHERE e.tenant_id = t.tenant_id AND e.xid >= s.horizon)
            ELSE EXISTS (SELECT FROM exception_event AS e WHERE e.tenant_id = t.tenant_id)
       END AS waiting
FROM tenant AS t
LEFT JOIN LATERAL (
    SELECT n.sealed_at, n.horizon, n.epoch FROM event_seal AS n
    WHERE n.tenant_id = t.tenant_id ORDER BY n.seal_no DESC LIMIT 1
) AS s ON true
ORDER BY t.tenant_id
