"""The plan tells the locks that the server really takes, from where the database really is, and changes nothing."""

from collections.abc import Iterator

import psycopg
import pytest

from sentinai_cli.db.ddl.lock import locks
from sentinai_cli.db.ddl.statement import statements
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.migration_plan import plan
from sentinai_cli.db.migration_script import head, revisions
from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.migration_plan import LockMode
from sentinai_cli.services.migrate import migration_plan, offline_plan
from tests.conftest import connect, context, fresh_database, quiet
from tests.db.catalogue import snapshot

PREPARED = """
    CREATE TABLE parent (id int PRIMARY KEY, other int);
    CREATE TABLE child (id int, parent_id int, note text);
    CREATE INDEX ix_child ON child (id);
    CREATE MATERIALIZED VIEW seen AS SELECT id FROM child;
    CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    CREATE TRIGGER quiet AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION nothing();
    CREATE POLICY seeing ON child USING (true);
    ALTER TABLE child ADD CONSTRAINT fk_later FOREIGN KEY (parent_id) REFERENCES parent NOT VALID
"""
STATEMENTS = (
    "CREATE TABLE fresh (id int REFERENCES parent)",
    "CREATE TABLE fresh (id int, CONSTRAINT f FOREIGN KEY (id) REFERENCES parent (id))",
    "ALTER TABLE child ADD COLUMN more int",
    "ALTER TABLE ONLY child ADD CONSTRAINT f FOREIGN KEY (parent_id) REFERENCES parent (id)",
    "ALTER TABLE child ADD CONSTRAINT f FOREIGN KEY (parent_id) REFERENCES parent (id) NOT VALID",
    "ALTER TABLE child ADD CHECK (id > 0) NOT VALID",
    "ALTER TABLE child ADD more int, ALTER COLUMN id SET STATISTICS 10",
    "ALTER TABLE child ALTER id SET STATISTICS 10",
    "ALTER TABLE child SET (fillfactor = 90)",
    "ALTER TABLE child RESET (fillfactor)",
    "ALTER TABLE child ENABLE ALWAYS TRIGGER quiet",
    "ALTER TABLE child DISABLE TRIGGER quiet",
    "ALTER TABLE child ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE child FORCE ROW LEVEL SECURITY",
    "ALTER TABLE child CLUSTER ON ix_child",
    "ALTER TABLE child RENAME TO kid",
    "ALTER TABLE child OWNER TO sentinai_owner",
    "CREATE INDEX ix_more ON child (note)",
    "CREATE UNIQUE INDEX ix_more ON ONLY public.child (note)",
    "DROP INDEX ix_child",
    "DROP TABLE child, parent CASCADE",
    "TRUNCATE TABLE child",
    "CREATE TRIGGER loud AFTER UPDATE ON child FOR EACH ROW EXECUTE FUNCTION nothing()",
    "CREATE OR REPLACE TRIGGER quiet AFTER UPDATE ON child FOR EACH ROW EXECUTE FUNCTION nothing()",
    "DROP TRIGGER quiet ON child",
    "ALTER TRIGGER quiet ON child RENAME TO silent",
    "CREATE POLICY more ON child FOR SELECT USING (true)",
    "ALTER POLICY seeing ON child USING (false)",
    "DROP POLICY seeing ON child",
    "CREATE RULE swallow AS ON INSERT TO parent DO INSTEAD NOTHING",
    "COMMENT ON TABLE child IS 'x'",
    "INSERT INTO child (id) VALUES (1)",
    "UPDATE child SET note = 'x' WHERE id = 1",
    "DELETE FROM child WHERE id = 1",
    "SELECT count(*) FROM child",
    "LOCK TABLE child IN SHARE ROW EXCLUSIVE MODE",
    "LOCK child, parent",
    "REINDEX TABLE child",
    "ANALYZE child",
    "CLUSTER child USING ix_child",
    "REFRESH MATERIALIZED VIEW seen",
    "GRANT SELECT ON child TO sentinai_app",
)
_HELD = """
    SELECT coalesce(t.relname, c.relname),
           replace(upper(regexp_replace(l.mode, '([a-z])([A-Z])', '\\1 \\2', 'g')), ' LOCK', '')
    FROM pg_locks AS l
    JOIN pg_class AS c ON c.oid = l.relation AND c.relnamespace = 'public'::regnamespace
    LEFT JOIN pg_index AS x ON x.indexrelid = c.oid LEFT JOIN pg_class AS t ON t.oid = x.indrelid
    WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind IN ('r', 'm')
"""


@pytest.fixture(scope="module")
def prepared(server: DatabaseUrl, template: str) -> Iterator[psycopg.Connection]:
    with fresh_database(server, template) as made, connect(made) as connection:
        connection.execute(PREPARED)
        yield connection


@pytest.mark.parametrize("text", STATEMENTS)
def test_the_locks_of_a_statement_are_those_that_the_server_takes(text: str, prepared: psycopg.Connection) -> None:
    (statement,) = statements(text)
    indexes = {"ix_child": "child"}
    told = {indexes.get(lock.table, lock.table): lock.mode.value for lock in locks(statement)}
    with prepared.transaction(force_rollback=True):
        prepared.execute(text.encode())
        held: dict[str, LockMode] = {}
        for table, mode in prepared.execute(_HELD).fetchall():
            held[table] = max(held.get(table, LockMode(mode)), LockMode(mode), key=lambda one: one.strength)
    found = {"child" if table == "kid" else table: mode.value for table, mode in held.items()}
    made_or_gone = {"fresh"} | ({"child", "parent"} if text.startswith("DROP TABLE") else set())
    assert {table: mode for table, mode in told.items() if table not in made_or_gone} == {
        table: mode for table, mode in found.items() if table in told and table not in made_or_gone
    }
    heavier = {table for table, mode in found.items() if LockMode(mode).strength >= LockMode.SHARE.strength}
    assert heavier <= told.keys()


def test_the_plan_begins_where_the_database_is_with_the_sizes_of_what_is_locked(
    url: DatabaseUrl, empty_url: DatabaseUrl
) -> None:
    database = Database(empty_url, context=context())
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT, to="0004")
    with connect(empty_url) as admin:
        before = snapshot(admin)
        found = migration_plan(database, "head")
        assert snapshot(admin) == before
    assert (found.from_revision, found.to_revision, found.live) == ("0004", head(), True)
    assert {step.revision for step in found.items} == set(revisions()[4:])
    assert [step.no for step in found.items] == list(range(1, len(found.items) + 1))
    first = next(step for step in found.items if step.sql.startswith("CREATE INDEX CONCURRENTLY"))
    assert not first.transaction
    (lock,) = first.locks
    assert (lock.table, lock.mode, lock.new) == ("exception_event", LockMode.SHARE_UPDATE_EXCLUSIVE, False)
    assert lock.size_bytes
    made = next(step for step in found.items if step.sql.startswith("CREATE TABLE event_seal"))
    assert (made.transaction, made.locks[0].new, made.locks[0].blocks) == (True, True, "nobody")
    database.close()


def test_a_plan_is_read_in_a_transaction_that_cannot_write(url: DatabaseUrl) -> None:
    with connect(url) as connection:
        seen: list[object] = []
        connection.add_notice_handler(lambda notice: seen.append(notice.message_primary))
        connection.execute("SET log_min_messages = 'log'; SET client_min_messages = 'log'; SET log_statement = 'all'")
        plan(head(), "0003", connection)
    said = "\n".join(map(str, seen))
    assert said.index("SET TRANSACTION READ ONLY") < said.index("pg_total_relation_size")


def test_the_way_back_is_planned_too(database: Database) -> None:
    found = migration_plan(database, "0003")
    assert {step.revision for step in found.items} == set(revisions()[3:])
    assert any(step.sql.startswith("DROP TABLE seed_chunk") for step in found.items)
    dropped = next(step for step in found.items if step.sql.startswith("DROP INDEX ix_exception_event_xid"))
    assert [lock.table for lock in dropped.locks] == ["exception_event"]


def test_at_the_newest_revision_there_is_nothing_to_plan(database: Database) -> None:
    assert migration_plan(database, "head").items == ()


def test_a_plan_without_a_database_knows_no_sizes() -> None:
    found = offline_plan("base", "0001")
    assert (found.from_revision, found.to_revision, found.live) == (None, "0001", False)
    assert found.items[0].sql.startswith("CREATE TABLE alembic_version")
    assert {lock.rows for step in found.items for lock in step.locks} == {None}


def test_nothing_is_planned_for_a_database_that_is_not_ours(empty_url: DatabaseUrl) -> None:
    with connect(empty_url) as admin:
        admin.execute("CREATE TABLE theirs (id int)")
    with pytest.raises(CheckFailed) as caught:
        migration_plan(Database(empty_url, context=context()), "head")
    assert caught.value.code == "foreign_database"


def test_the_sql_of_a_plan_run_by_hand_leaves_the_shipped_catalogue(url: DatabaseUrl, empty_url: DatabaseUrl) -> None:
    with connect(url) as migrated, connect(empty_url) as admin:
        admin.execute("GRANT USAGE, CREATE ON SCHEMA public TO sentinai_owner")
        admin.execute("SET ROLE sentinai_owner")
        for step in offline_plan("base", "head").items:
            admin.execute(step.sql.encode())
        admin.execute("RESET ROLE")
        assert snapshot(admin) == snapshot(migrated)
