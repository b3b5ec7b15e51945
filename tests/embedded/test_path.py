import os
import stat
from pathlib import Path

import pytest

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.embedded.account import Account
from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.errors import InvalidInput, Unavailable
from sentinai_cli.models.database_url import DatabaseUrl
from tests.embedded.conftest import answer, ask, client, needs_root


@pytest.mark.parametrize(
    "name",
    [
        "with two spaces",
        "$(touch escaped) `touch escaped`; touch escaped & 'x' \"y\" \\z * ?",
        "comma, percent%20, hash#, at@, {brace}, [bracket]",
        "ümläut-日本語",
        "-D",
        "deep/" * 30 + "home",
    ],
    ids=["spaces", "shell", "separators", "unicode", "option", "long"],
)
def test_any_path_serves_and_none_is_executed(place: Path, name: str) -> None:
    server = EmbeddedServer(place / name)
    url = server.ensure()
    assert ask(url, "SHOW data_directory") == str(place / name / "data")
    assert ask(DatabaseUrl.parse(url.text, source="test"), "SELECT 1") == 1
    assert server.stop()
    assert not list(place.rglob("escaped"))
    assert not (Path.cwd() / "escaped").exists()
    assert not Path("/escaped").exists()


def test_a_socket_directory_outside_the_home_belongs_to_the_server_alone(place: Path, account: Account) -> None:
    server = EmbeddedServer(place / ("long" * 30))
    server.ensure()
    outside = Path(server.status().socket_directory)
    assert outside.is_relative_to("/tmp")
    found = outside.lstat()
    assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o700, account.uid)
    assert len(os.fsencode(Layout.of(place / ("long" * 30)).socket)) <= 103
    server.stop()
    assert not outside.exists()


def test_two_homes_with_long_paths_have_two_socket_directories() -> None:
    first, second = (Layout.of(Path("/srv") / ("long" * 30) / name) for name in ("one", "two"))
    assert first.socket_directory != second.socket_directory


@needs_root
def test_a_socket_directory_that_somebody_else_made_is_not_trusted(place: Path) -> None:
    server = EmbeddedServer(place / ("long" * 30))
    trap = Path(server.status().socket_directory)
    trap.mkdir(mode=0o700)
    os.chown(trap, 65534, 65534)
    try:
        told = answer(client(place / ("long" * 30), "ensure"))
        assert told["code"] == "embedded_directory_open"
        assert list(trap.iterdir()) == []
    finally:
        trap.rmdir()


def test_a_link_to_the_home_is_the_same_server(server: EmbeddedServer, place: Path) -> None:
    url = server.ensure()
    (place / "link").symlink_to(place / "home")
    assert EmbeddedServer(place / "link").url() == url


@pytest.mark.parametrize("name", ["line\nbreak", "bell\x07", "not-utf8-\udcff"], ids=["newline", "control", "bytes"])
def test_a_path_that_postgresql_cannot_write_down_is_refused(place: Path, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        EmbeddedServer(place / name).ensure()
    assert caught.value.code == "invalid_embedded_home"
    assert list(place.iterdir()) == []


def test_a_home_that_is_a_file_is_refused(place: Path) -> None:
    (place / "home").write_text("mine")
    with pytest.raises(InvalidInput) as caught:
        EmbeddedServer(place / "home").ensure()
    assert caught.value.code == "invalid_embedded_home"
    assert (place / "home").read_text() == "mine"


@pytest.mark.parametrize("verb", ["ensure", "stop", "status"])
def test_a_home_below_a_file_is_not_writable(place: Path, verb: str) -> None:
    (place / "file").write_text("mine")
    with pytest.raises(Unavailable) as caught:
        getattr(EmbeddedServer(place / "file" / "home"), verb)()
    assert caught.value.code == "embedded_home_unwritable"


@needs_root
def test_a_plain_user_is_told_which_directory_it_cannot_write(place: Path) -> None:
    (place / "closed").mkdir(mode=0o755)
    told = answer(client(place / "closed" / "home", "ensure", account="nobody"))
    assert told["code"] == "embedded_home_unwritable"
    assert str(place / "closed" / "home") in str(told["what"])


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_directory_without_the_right_to_write_is_named(place: Path) -> None:
    place.chmod(0o500)
    try:
        with pytest.raises(Unavailable) as caught:
            EmbeddedServer(place / "home").ensure()
    finally:
        place.chmod(0o711)
    assert caught.value.code == "embedded_home_unwritable"
    assert str(place / "home") in caught.value.what


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_home_without_the_right_to_write_is_named(place: Path) -> None:
    (place / "home").mkdir(mode=0o500)
    with pytest.raises(Unavailable) as caught:
        EmbeddedServer(place / "home").ensure()
    assert caught.value.code == "embedded_home_unwritable"


@needs_root
def test_root_is_told_when_the_home_itself_is_closed(place: Path) -> None:
    (place / "home").mkdir(mode=0o700)
    told = answer(client(place / "home", "ensure"))
    assert told["code"] == "embedded_home_unreachable"
    assert told["fix"] == f"chmod o+x {place / 'home'}"


@needs_root
def test_root_is_told_which_directory_is_closed_to_the_servers_account(place: Path) -> None:
    (place / "closed").mkdir(mode=0o700)
    told = answer(client(place / "closed" / "home", "ensure"))
    assert told["code"] == "embedded_home_unreachable"
    assert str(told["what"]).endswith(str(place / "closed"))
    assert stat.S_IMODE((place / "closed").stat().st_mode) == 0o700
    assert not (place / "closed" / "home" / "data").exists()
