"""The password turns up nowhere, however the server turns us away, and in whatever command."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg import sql

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import FINANCE
from tests.commands.operator import Operator
from tests.commands.test_secret import LINES, SECRET, SPELLINGS, _words
from tests.conftest import connect
from tests.faults.proxy import Proxy, proxy
from tests.faults.rounds import ROUNDS

pytestmark = pytest.mark.slow

ABOUT_THE_SERVER_ITSELF = ("db start", "db stop", "db status", "db logs", "demo")
COMMANDS = [command for command in LINES if command not in ABOUT_THE_SERVER_ITSELF]


@pytest.fixture
def login(url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A login without rights, whose password is the secret."""
    name = f"login_{uuid4().hex[:12]}"
    with connect(url) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), SECRET))
        admin.execute("SELECT 'the statement before had it'")
        yield replace(url, user=name, password=SECRET)
        admin.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(name)))


def _take_password(login: DatabaseUrl, way: Proxy) -> DatabaseUrl:
    with connect(replace(login, user="sentinai", password=None)) as admin:
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD 'another'").format(sql.Identifier(str(login.user))))
    return way.url(login)


def _silence(login: DatabaseUrl, way: Proxy) -> DatabaseUrl:
    way.hush(newcomers=True)
    return way.url(login)


FEW = 1 if ROUNDS > 1 else 3
FORMATS = ("-o", "json", "jsonl", "csv", "tsv", "prometheus")
TARGETS: dict[str, tuple[Callable[[DatabaseUrl, Proxy], DatabaseUrl], int]] = {
    "a wrong password": (_take_password, FEW),
    "no such database": (lambda login, way: way.url(replace(login, database="nowhere")), FEW),
    "no rights": (lambda login, way: way.url(login), FEW),
    "no answer": (_silence, FEW * 8),
}
"""What is in the way, and which share of the commands tries it: one that is not answered takes its deadline."""


@pytest.mark.parametrize("target", TARGETS)
def test_a_command_that_is_turned_away_does_not_tell_the_password(
    target: str, login: DatabaseUrl, server_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    turn_away, share = TARGETS[target]
    environ = {"SENTINAI_HOME": str(tmp_path / "home"), "SENTINAI_CONNECT_TIMEOUT": "1", "SENTINAI_TENANT": FINANCE}
    with proxy(login) as way:
        somebody = Operator(monkeypatch, tmp_path, environ).at(turn_away(login, way))
        told = {}
        for number, command in enumerate(COMMANDS[::share]):
            for line in LINES[command]:
                output = ("json", "table")[number % 2]
                bounded = ["--timeout", "1"] if command == "db wait" else []
                words = [
                    word for word in _words(line) if word not in ("-o", "json", "jsonl", "csv", "tsv", "prometheus")
                ]
                ran = somebody(*words, *bounded, "--debug", "-o", output, terminal=output == "table")
                told[f"{command} -o {output}"] = ran.out + ran.err
    assert len(told) >= len(COMMANDS) // share - 5
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    log = EmbeddedServer(server_home).log_path()
    told |= {str(path): path.read_text(errors="replace") for path in [*files, log]}
    with connect(replace(login, user="sentinai", password=None)) as admin:
        told["sessions"] = str(admin.execute("SELECT array_agg(a::text) FROM pg_stat_activity AS a").fetchone())
        told["journal"] = str(admin.execute("SELECT array_agg(o::text) FROM operation AS o").fetchone())
    assert [where for where, text in told.items() if any(one in text for one in SPELLINGS)] == []
