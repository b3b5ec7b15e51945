"""pg_dump and pg_restore: the right one is taken, and nobody who looks at processes learns a secret."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from sentinai_cli.db.client_program import ClientProgram, _places, find_client, run_client
from sentinai_cli.db.embedded.programs import find_wheel
from sentinai_cli.errors import Conflict, NotFound, Refused, SentinaiError, Unavailable
from sentinai_cli.models.database_url import DatabaseUrl

SECRET = "s3cr=t \\'w@rd"


def program(folder: Path, version: str, body: str = "") -> Path:
    """A pg_dump that says it is of this version, and otherwise does `body`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pg_dump"
    path.write_text(
        f'#!/bin/sh\nif [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) {version}"; exit; fi\n{body}\n'
    )
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("least", "best", "taken"),
    [(15, 15, "15.4"), (15, 16, "17.2"), (16, 16, "17.2"), (18, 18, "18.6"), (15, 19, "18.6")],
)
def test_the_program_nearest_to_the_server_is_taken(tmp_path: Path, least: int, best: int, taken: str) -> None:
    there = [program(tmp_path / version, version) for version in ("18.6", "15.4", "17.2")]
    found = find_client("pg_dump", least=least, best=best, encrypted=False, places=lambda *_: there)
    assert found.version == taken


def test_where_no_program_is_new_enough_the_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        find_client("pg_dump", least=16, best=16, encrypted=False, pg_bin=program(tmp_path, "15.4").parent)
    assert caught.value.code == "program_not_found"
    assert caught.value.fix == "apt-get install postgresql-client-16"


@pytest.mark.skipif(find_wheel() is None, reason="the extra with the embedded server is not installed")
def test_a_server_that_speaks_tls_does_not_get_the_wheels_program_which_does_not() -> None:
    wheel = find_wheel()
    plain = find_client("pg_dump", least=18, best=18, encrypted=False)
    assert wheel is not None
    assert plain.path.is_relative_to(wheel)
    assert all(not path.is_relative_to(wheel) for path in _places("pg_dump", None, True))


def shown(path: Path) -> tuple[list[str], dict[str, str], str]:
    """What the program was started with, and the file that its environment names."""
    arguments = (path / "arguments").read_text().splitlines()
    variables = dict(line.partition("=")[::2] for line in (path / "variables").read_text().splitlines())
    return arguments, variables, (path / "service").read_text() if (path / "service").exists() else ""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[list[str], dict[str, str], str]]:
    """Run a program that notes how it was started."""
    body = (
        f'for word in "$@"; do echo "$word"; done > "{tmp_path}/arguments"; env > "{tmp_path}/variables"\n'
        f'[ -n "$PGSERVICEFILE" ] && cp -p "$PGSERVICEFILE" "{tmp_path}/service"; exit 0'
    )
    path = program(tmp_path / "bin", "18.6", body)

    def call(url: DatabaseUrl, *, private: bool = False) -> tuple[list[str], dict[str, str], str]:
        environ = {"PATH": os.environ["PATH"], "PGHOST": "elsewhere", "LANG": "de_DE.UTF-8"}
        taken = ClientProgram(path, 18, "18.6")
        run_client(taken, "--flag", url=url, private=private, application_name="sentinai/1:db", environ=environ)
        return shown(tmp_path)

    return call


def test_no_secret_is_an_argument(run: Callable[..., tuple[list[str], dict[str, str], str]], tmp_path: Path) -> None:
    options = {"sslmode": "require", "sslkey": "/k", "sslpassword": "hush hush"}
    url = DatabaseUrl(host="db.example", port=5432, user="ops", database="live", password=SECRET, options=options)
    arguments, variables, service = run(url)
    assert variables["PGPASSWORD"] == SECRET
    assert not any(secret in " ".join(arguments) for secret in url.secrets)
    assert service == "[sentinai]\nsslpassword=hush hush\n"
    assert stat.S_IMODE((tmp_path / "service").stat().st_mode) == 0o600
    assert not Path(variables["PGSERVICEFILE"]).exists()
    address = DatabaseUrl.parse(arguments[1].partition("=")[2], source="test")
    assert (address.host, address.user, address.database) == ("db.example", "ops", "live")
    assert address.options == {"sslmode": "require", "sslkey": "/k", "service": "sentinai"}
    assert arguments[0] == "--no-password"


def test_the_surroundings_redirect_a_url_but_never_the_embedded_server(
    run: Callable[..., tuple[list[str], dict[str, str], str]],
) -> None:
    url = DatabaseUrl(host=None, port=None, user=None, database="live")
    assert run(url)[1]["PGHOST"] == "elsewhere"
    assert "PGHOST" not in run(url, private=True)[1]


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("pg_dump: error: query failed: ERROR:  permission denied for table tenant", Refused, "not_permitted"),
        ("pg_dump: error: query failed: ERROR:  canceling statement due to lock timeout", Conflict, "locked"),
        ("pg_dump: error: could not write: No space left on device", Unavailable, "client_program_failed"),
        ("", Unavailable, "client_program_failed"),
    ],
)
def test_a_failure_is_told_in_the_programs_own_words(
    tmp_path: Path, said: str, kind: type[SentinaiError], code: str
) -> None:
    path = program(tmp_path, "18.6", f"echo '{said}' >&2; exit 1")
    url = DatabaseUrl(host="/nowhere", port=None, user=None, database="live")
    with pytest.raises(kind) as caught:
        run_client(ClientProgram(path, 18, "18.6"), url=url, private=True, application_name="test")
    assert caught.value.code == code
    assert (caught.value.why or "") == said
