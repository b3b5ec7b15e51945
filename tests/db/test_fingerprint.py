"""The catalogue of each revision is shipped beside it, and a database that differs is told how."""

from sentinai_cli.db import fingerprint as catalogue
from sentinai_cli.db import migration_script
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from tests.conftest import connect, context, quiet
from tests.golden.expected_file import assert_as_expected


def test_each_revision_leaves_exactly_the_catalogue_that_is_shipped_with_it(empty_url: DatabaseUrl) -> None:
    database = Database(empty_url, context=context("migrate"))
    for revision in migration_script.revisions():
        upgrade(database, say=quiet, environment=Environment.DEVELOPMENT, to=revision)
        with connect(empty_url) as admin:
            found = catalogue.fingerprint(admin)
        path = migration_script.directory() / "catalogue" / f"{revision}.json"
        assert_as_expected(catalogue.text(found), path)
        assert catalogue.differences(catalogue.shipped(revision), found) == ()
