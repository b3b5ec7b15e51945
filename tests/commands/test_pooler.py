"""Every command behind PgBouncer in transaction mode: it does as it does without, or names SENTINAI_DIRECT_URL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF
from tests.commands.operator import Operator
from tests.commands.reading import DATABASE, words_of
from tests.commands.test_operation import CHANGING
from tests.services.pooler import needs_pgbouncer, pooled

pytestmark = needs_pgbouncer


@pytest.fixture(scope="session")
def reading_pool(reading_url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """The seeded database that nobody changes, behind a few shared connections."""
    with pooled(reading_url, size=3) as address:
        yield address


@pytest.mark.parametrize("line", [*DATABASE, "db environment show"])
def test_a_command_that_reads_says_the_same_as_without_a_pooler(
    line: str, reader: Operator, reading_pool: DatabaseUrl
) -> None:
    words = words_of(line, reader)
    direct = reader(*words, "-o", "json")
    behind = reader.at(reading_pool)(*words, "-o", "json")
    assert behind.code == direct.code == 0, behind.err
    if line != "status":  # which names the address
        assert behind.document == direct.document


def test_commands_that_change_something_work_and_are_journalled(operator: Operator, empty_url: DatabaseUrl) -> None:
    with pooled(empty_url, size=3) as address:
        behind = replace(operator.at(address), now=datetime.fromisoformat(AS_OF))
        with_direct = replace(behind, environ={**behind.environ, "SENTINAI_DIRECT_URL": empty_url.text})
        for words, _, piped in CHANGING:
            if words[0] == "migrate":
                alone = behind(*words, "-o", "json")
                assert (alone.code, alone.failure["code"]) == (2, "direct_url_needed")
            ran = (with_direct if words[0] == "migrate" else behind)(*words, piped=piped)
            assert ran.code == 0, (words, ran.err)
        assert {entry["command"].split()[0] for entry in behind.journal()} == {words[0] for words, *_ in CHANGING}
        assert behind("events", "verify", "--all-tenants").code == 0
