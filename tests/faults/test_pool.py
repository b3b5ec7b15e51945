"""A pool of a single connection is enough for every command."""

from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.commands.operator import Operator
from tests.conftest import connect
from tests.faults.test_read_only import CHANGING, READING

pytestmark = pytest.mark.slow

ONE = {"DB_POOL_SIZE": "1", "DB_MAX_OVERFLOW": "0", "DB_POOL_TIMEOUT": "1"}


def test_every_command_gets_by_with_one_connection_of_the_pool(
    url: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = Operator(monkeypatch, tmp_path, {"SENTINAI_HOME": str(tmp_path / "home"), **ONE}).at(url)
    ran = somebody("seed", "--tenant", FINANCE, "--as-of", AS_OF)
    assert ran.code == 0, ran.err
    with connect(url) as admin:
        row = admin.execute("SELECT exception_id FROM exception WHERE status = 'open' ORDER BY 1").fetchone()
    assert row is not None
    known = {"{exception}": row[0], "{run}": row[0][:12]}
    told = {}
    for words in [*READING, *CHANGING]:
        ran = somebody(*(known.get(word, word) for word in words))
        if ran.code != 0:
            told[" ".join(words)] = (ran.code, ran.err)
    assert told == {}
