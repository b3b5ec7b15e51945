-- How many exceptions each tenant that is not archived got in the day before %(at)s and in the week before that. Each
-- count ends at %(cap)s; `day_from` and `week_from` say how far back it then reached. Read from an index alone.
SELECT t.tenant_id, day.count AS day, day.since AS day_from, week.count AS week, week.since AS week_from
FROM tenant AS t
CROSS JOIN LATERAL (
    SELECT count(*) AS count, min(newest.created_at) AS since
    FROM (
        SELECT x.created_at FROM exception AS x
        WHERE x.tenant_id = t.tenant_id AND x.created_at <= %(at)s
          AND x.created_at > %(at)s::timestamptz - interval '1 day'
        ORDER BY x.created_at DESC, x.exception_id DESC LIMIT %(cap)s
    ) AS newest
) AS day
CROSS JOIN LATERAL (
    SELECT count(*) AS count, min(newest.created_at) AS since
    FROM (
        SELECT x.created_at FROM exception AS x
        WHERE x.tenant_id = t.tenant_id AND x.created_at <= %(at)s::timestamptz - interval '1 day'
          AND x.created_at > %(at)s::timestamptz - interval '8 days'
        ORDER BY x.created_at DESC, x.exception_id DESC LIMIT %(cap)s
    ) AS newest
) AS week
WHERE t.status <> 'archived'
ORDER BY t.tenant_id
