"""psql is started on exactly the target, with the password where no process list shows it."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import sql

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.services.shell import psql_command
from tests.conftest import connect

SECRET = "correct-horse-battery"
QUERY = ["--no-psqlrc", "--tuples-only", "--no-align", "--command"]


@pytest.fixture
def psql(server: DatabaseUrl, server_home: Path) -> Path:
    """The program that the session's server brings."""
    return EmbeddedServer(server_home).binary("psql")


@pytest.fixture
def login(url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A login that the server asks for its password."""
    name = f"{url.database}_shell"
    with connect(url) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), SECRET))
        yield replace(url, user=name, password=SECRET)
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def ask(arguments: list[str], variables: dict[str, str], query: str) -> str:
    told = subprocess.run([*arguments, *QUERY, query], env=variables, capture_output=True, text=True, check=True)
    return told.stdout.strip()


def test_the_password_is_handed_over_in_the_environment_only(psql: Path, login: DatabaseUrl) -> None:
    arguments, variables = psql_command(psql, login, private=False, environ=dict(os.environ))
    assert SECRET not in " ".join(arguments)
    assert variables["PGPASSWORD"] == SECRET
    assert ask(arguments, variables, "SELECT current_user || '@' || current_database()") == (
        f"{login.user}@{login.database}"
    )


def test_variables_that_mean_another_server_do_not_reach_the_embedded_one(psql: Path, url: DatabaseUrl) -> None:
    hostile = {**os.environ, "PGHOST": "db.example.com", "PGDATABASE": "theirs", "PGOPTIONS": "-c work_mem=1"}
    arguments, variables = psql_command(psql, url, private=True, environ=hostile)
    assert not {"PGHOST", "PGDATABASE", "PGOPTIONS", "PGPASSWORD"} & variables.keys()
    assert ask(arguments, variables, "SELECT current_database()") == url.database


def test_a_secret_of_another_kind_is_left_out() -> None:
    url = DatabaseUrl.parse(f"postgresql://me@db.example.com/work?sslpassword={SECRET}", source="test")
    arguments, variables = psql_command(Path("psql"), url, private=False, environ={})
    assert SECRET not in " ".join([*arguments, *variables.values()])
