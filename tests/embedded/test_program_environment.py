import os
from pathlib import Path

import pytest

from sentinai_cli.db.embedded import EmbeddedServer, settings
from sentinai_cli.db.program_environment import client_environment, without_libpq_variables
from tests.embedded.conftest import answer, ask, client, connect

HOSTILE = {
    "PGDATA": "/nonexistent",
    "PGHOST": "192.0.2.1",
    "PGHOSTADDR": "192.0.2.1",
    "PGPORT": "1",
    "PGUSER": "mallory",
    "PGDATABASE": "template0",
    "PGPASSWORD": "moonlight",
    "PGOPTIONS": "-c search_path=evil -c no_such_setting=1",
    "PGSERVICE": "no-such-service",
    "PGSERVICEFILE": "/nonexistent",
    "PGSSLMODE": "nonsense",
    "PGREQUIREPEER": "mallory",
    "PGREQUIREAUTH": "gss",
    "PGTARGETSESSIONATTRS": "standby",
    "PGCONNECT_TIMEOUT": "nonsense",
    "PGCLIENTENCODING": "nonsense",
    "PGTZ": "nonsense",
    "PGAPPNAME": "mallory",
}


def test_hostile_variables_change_neither_server_nor_client(place: Path) -> None:
    told = answer(client(place / "home", "ensure", **HOSTILE))
    assert told["status"]["running"] is True  # type: ignore[index]
    assert "192.0.2.1" not in str(told["url"])
    assert answer(client(place / "home", "ensure", **HOSTILE))["said"] == []
    assert answer(client(place / "home", "stop", **HOSTILE)) == {"stopped": True}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_the_server_inherits_nothing_that_it_does_not_need(place: Path) -> None:
    told = answer(client(place / "home", "ensure", DATABASE_URL="postgresql://mallory:moonlight@db/x", **HOSTILE))
    inherited = Path(f"/proc/{told['status']['pid']}/environ").read_bytes()  # type: ignore[index]
    assert b"moonlight" not in inherited
    assert b"PYTHONPATH" not in inherited


def test_hidden_variables_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    with without_libpq_variables():
        assert not any(name.startswith("PG") for name in os.environ)
        with without_libpq_variables():
            assert not any(name.startswith("PG") for name in os.environ)
    assert {name: os.environ[name] for name in HOSTILE} == HOSTILE


def test_client_programs_get_everything_but_what_redirects_them() -> None:
    assert client_environment({"HOME": "/home/a", "TERM": "xterm", **HOSTILE}) == {"HOME": "/home/a", "TERM": "xterm"}


@pytest.mark.parametrize("locale", ["C", "xx_YY.UTF-8", "tr_TR.ISO-8859-9"])
def test_the_callers_locale_makes_no_other_cluster(place: Path, locale: str) -> None:
    answer(client(place / "home", "ensure", LC_ALL=locale, LANG=locale, LANGUAGE="de", TZ="Asia/Tokyo"))
    url = EmbeddedServer(place / "home").ensure()
    assert ask(url, "SELECT upper('éi') || lower('ÉI')") == "ÉIéi"
    assert ask(url, "SHOW lc_messages") == "C"
    assert ask(url, "SHOW timezone") == "UTC"
    assert ask(url, "SHOW log_timezone") == "UTC"


def test_a_small_shared_memory_is_not_relied_on(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_SHARED_MEMORY", "/nonexistent")
    url = server.ensure()
    assert ask(url, "SHOW dynamic_shared_memory_type") == "mmap"
    assert ask(url, "SELECT count(*) FROM generate_series(1, 10)") == 10


def test_settings_that_keep_the_server_private_cannot_be_altered(server: EmbeddedServer) -> None:
    url = server.ensure()
    with connect(url) as session:
        session.execute("ALTER SYSTEM SET listen_addresses = '*'")
        session.execute("ALTER SYSTEM SET unix_socket_directories = '/tmp'")
        session.execute("ALTER SYSTEM SET hba_file = '/nonexistent'")
    server.stop()
    assert server.ensure() == url
    assert ask(url, "SHOW listen_addresses") == ""
