"""The catalogue of each revision is shipped beside it, and a database that differs is told how."""

import re
from pathlib import Path

from sentinai_cli.db import fingerprint as catalogue
from sentinai_cli.db import migration_script, queries
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


def test_every_query_in_a_file_is_executed_by_name() -> None:
    here = Path(queries.__file__).parent
    named = {
        name
        for path in here.parent.rglob("*.py")
        for name in re.findall(r"\b(?:query|rows?)\(\s*\"(\w+)\"", path.read_text(encoding="utf-8"))
    }
    assert {path.stem for path in here.glob("*.sql")} == named


def test_every_revision_has_its_catalogue_and_no_catalogue_is_left_over() -> None:
    place = migration_script.directory() / "catalogue"
    assert sorted(path.stem for path in place.glob("*.json")) == migration_script.revisions()
