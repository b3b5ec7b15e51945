-- Connections in use and to be had: of the server, of this database and of this login. `ours` are this tool's. A limit
-- of -1 is none; what is reserved for superusers and pg_use_reserved_connections is no use to others.
SELECT count(*) AS used,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true), '0')::int AS available,
       count(*) FILTER (WHERE a.datname = current_database()) AS of_database,
       (SELECT d.datconnlimit FROM pg_database AS d WHERE d.datname = current_database()) AS database_limit,
       count(*) FILTER (WHERE a.usename = session_user) AS of_login,
       (SELECT r.rolconnlimit FROM pg_roles AS r WHERE r.rolname = session_user) AS login_limit,
       count(*) FILTER (WHERE a.application_name LIKE 'sentinai/%%') AS ours,
       current_database() AS database, session_user AS login
FROM pg_stat_activity AS a
WHERE a.datid IS NOT NULL AND coalesce(a.backend_type, 'client backend') = 'client backend'
