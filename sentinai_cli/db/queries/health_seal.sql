-- Each tenant's newest seal, and whether events wait for one. An event that waits was written by a transaction that the
-- newest seal does not reach; numbers of transactions mean nothing across a restore, which begins a new epoch.
SELECT t.tenant_id, s.sealed_at,
       extract(epoch FROM clock_timestamp() - coalesce(s.sealed_at, t.created_at))::float AS age,
       EXISTS (
           SELECT FROM exception_event AS e
           WHERE e.tenant_id = t.tenant_id
             AND (s.horizon IS NULL OR s.epoch <> (SELECT i.epoch FROM database_info AS i) OR e.xid >= s.horizon)
       ) AS waiting
FROM tenant AS t
LEFT JOIN LATERAL (
    SELECT n.sealed_at, n.horizon, n.epoch FROM event_seal AS n
    WHERE n.tenant_id = t.tenant_id ORDER BY n.seal_no DESC LIMIT 1
) AS s ON true
ORDER BY t.tenant_id
