"""Where a profile's password comes from, and that it goes nowhere else."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from sentinai_cli.config import Settings, load_settings
from sentinai_cli.errors import InvalidInput, NotFound, Unavailable

SECRET = "s3cr3tQ7"
URL = "postgresql://ops@db.example:5432/sentinai"
Load = Callable[..., Settings]


class Drawer(KeyringBackend):
    """A keyring in memory."""

    priority = 1.0

    def __init__(self, held: dict[tuple[str, str], str], *, locked: bool = False) -> None:
        self.held = held
        self.locked = locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise RuntimeError(f"locked, and the secret would be {SECRET}")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before = keyring.get_keyring()
    made = Drawer({("sentinai", URL): SECRET})
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))

    def load(*lines: str, url: str = URL, of_user: bool = False, **environ: str) -> Settings:
        from sentinai_cli.config.place import user_file

        path = user_file() if of_user else tmp_path / "sentinai.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "sentinai.toml").unlink(missing_ok=True)
        path.write_text("\n".join(["[profiles.p]", f'database_url = "{url}"', *lines]))
        return load_settings(profile="p", environ=environ, cwd=tmp_path)

    return load


def _password(settings: Settings) -> str | None:
    assert settings.database_url is not None
    return settings.database_url.password


def test_a_variable_holds_the_password(load: Load) -> None:
    settings = load('password_variable = "SENTINAI_PASSWORD_P"', SENTINAI_PASSWORD_P=SECRET)
    assert _password(settings) == SECRET
    assert settings.password_source == "variable SENTINAI_PASSWORD_P"
    assert SECRET not in repr(settings) + settings.model_dump_json()


def test_a_project_file_cannot_name_any_variable_of_the_operator(load: Load) -> None:
    with pytest.raises(InvalidInput) as caught:
        load('password_variable = "CLOUD_SECRET_KEY"', CLOUD_SECRET_KEY=SECRET)
    assert "SENTINAI_PASSWORD" in (caught.value.why or "")
    assert SECRET not in str(caught.value) + (caught.value.why or "")
    assert _password(load('password_variable = "CLOUD_SECRET_KEY"', CLOUD_SECRET_KEY=SECRET, of_user=True)) == SECRET


@pytest.mark.parametrize("text", ["", "two\nlines", "x" * 5000])
def test_a_variable_without_a_usable_password_is_refused_without_quoting_it(text: str, load: Load) -> None:
    with pytest.raises(InvalidInput) as caught:
        load('password_variable = "SENTINAI_PASSWORD"', SENTINAI_PASSWORD=text)
    assert caught.value.code == "invalid_setting"
    assert not text or text not in str(caught.value) + (caught.value.why or "")


def test_the_keyring_holds_the_password_of_an_address(load: Load, drawer: Drawer) -> None:
    settings = load("password_keyring = true")
    assert (_password(settings), settings.password_source) == (SECRET, "keyring")


def test_the_keyring_is_not_asked_unless_a_profile_says_so(load: Load, drawer: Drawer) -> None:
    assert _password(load("password_keyring = false")) is None
    assert _password(load()) is None


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ops@elsewhere.example:5432/sentinai",
        "postgresql://other@db.example:5432/sentinai",
        "postgresql://ops@db.example:5433/sentinai",
        "postgresql://ops@db.example/sentinai",
    ],
)
def test_a_password_of_the_keyring_goes_to_no_other_address(url: str, load: Load, drawer: Drawer) -> None:
    with pytest.raises(NotFound) as caught:
        load("password_keyring = true", url=url)
    assert caught.value.code == "password_not_found"
    assert caught.value.fix == f"keyring set sentinai '{url}'"


@pytest.mark.parametrize("option", ["hostaddr=203.0.113.9", "service=other", "servicefile=/tmp/x"])
def test_an_option_that_leads_elsewhere_keeps_the_keyring_closed(option: str, load: Load, drawer: Drawer) -> None:
    with pytest.raises(InvalidInput, match="password_keyring"):
        load("password_keyring = true", url=f"{URL}?{option}")


def test_a_way_around_the_pooler_has_an_entry_of_its_own(load: Load, drawer: Drawer) -> None:
    direct = 'direct_url = "postgresql://ops@stranger.example/sentinai"'
    with pytest.raises(NotFound):
        load("password_keyring = true", direct)


def test_a_keyring_that_fails_is_not_quoted(load: Load, drawer: Drawer) -> None:
    drawer.locked = True
    with pytest.raises(Unavailable) as caught:
        load("password_keyring = true")
    assert caught.value.code == "keyring_unusable"
    assert SECRET not in str(caught.value) + (caught.value.why or "")
    assert caught.value.__suppress_context__


def test_two_sources_at_once_are_refused(load: Load) -> None:
    for lines in (
        ['password_file = "x"', 'password_variable = "SENTINAI_PASSWORD"'],
        ['password_variable = "SENTINAI_PASSWORD"', "password_keyring = true"],
    ):
        with pytest.raises(InvalidInput, match="not usable"):
            load(*lines, SENTINAI_PASSWORD=SECRET)


def test_without_any_source_the_password_is_left_to_libpq(load: Load) -> None:
    settings = load()
    assert (_password(settings), settings.password_source) == (None, None)


def test_the_library_of_the_keyring_is_imported_only_when_a_profile_asks(tmp_path: Path) -> None:
    (tmp_path / "sentinai.toml").write_text(f'profile = "p"\n[profiles.p]\ndatabase_url = "{URL}"\n')
    script = (
        "import sys, pathlib; from sentinai_cli.config import load_settings;"
        f"load_settings(profile=None, environ={{}}, cwd=pathlib.Path({str(tmp_path)!r}));"
        "print('keyring' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "False\n"


def test_without_the_library_the_error_says_how_to_get_it(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(Unavailable) as caught:
        load("password_keyring = true")
    assert (caught.value.code, caught.value.fix) == ("keyring_not_installed", "pip install 'sentinai-cli[keyring]'")
