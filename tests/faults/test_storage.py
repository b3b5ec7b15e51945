"""Files of the server that are gone or altered are the server's trouble, said as such and not taken for rows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.conftest import connect
from tests.faults.brittle import Brittle
from tests.faults.client import Client

pytestmark = pytest.mark.slow


def _alter(file: Path) -> None:
    with file.open("r+b") as there:
        there.seek(4096)
        there.write(bytes(range(256)))


@pytest.mark.parametrize(
    ("harm", "said"), [(Path.unlink, "could not open file"), (_alter, "invalid page")], ids=["gone", "altered"]
)
def test_a_damaged_table_is_told_as_damage(
    harm: Callable[[Path], object], said: str, brittle: Brittle, brittle_template: DatabaseUrl, tmp_path: Path
) -> None:
    with brittle.copy(brittle_template) as url:
        client = Client(tmp_path, url)
        assert client("seed", "--tenant", FINANCE, "--as-of", AS_OF, "--count", "60").code == 0
        with connect(url) as admin:
            row = admin.execute("SELECT pg_relation_filepath('exception')").fetchone()
            admin.execute("CHECKPOINT")
        assert row is not None
        brittle.stop()
        harm(brittle.home / "data" / row[0])
        brittle.start()
        for words in (["exceptions", "list"], ["events", "verify", "--all-tenants"]):
            ran = client(*words, "-q", "-o", "json")
            assert (ran.code, ran.failure["code"]) == (5, "server_damaged")
            assert said in ran.failure["why"]
            assert len(ran.err.splitlines()) == 1
