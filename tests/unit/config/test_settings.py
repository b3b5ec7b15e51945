"""Where a setting comes from when several places name it, and what is refused."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sentinai_cli.config import Settings, load_settings
from sentinai_cli.config.place import NOWHERE
from sentinai_cli.config.text_file import read_if_there
from sentinai_cli.errors import InvalidInput, NotFound, SentinaiError

SECRET = "s3cr3tQ7"
Load = Callable[..., Settings]


@pytest.fixture
def user_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = "Library/Application Support" if sys.platform == "darwin" else ".config"
    path = tmp_path / "home" / folder / "sentinai" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    path = tmp_path / "work dir"
    path.mkdir()
    return path


@pytest.fixture
def load(user_file: Path, cwd: Path) -> Load:
    def load(profile: str | None = None, **environ: str) -> Settings:
        return load_settings(profile=profile, environ=environ, cwd=cwd)

    return load


def host(settings: Settings) -> str | None:
    return settings.database_url.host if settings.database_url else None


PROJECT = 'profile = "p"\n[profiles.p]\ndatabase_url = "postgresql://project/d"\n'
USER = 'profile = "u"\n[profiles.u]\ndatabase_url = "postgresql://user/d"\n'


def test_each_source_of_the_database_beats_the_ones_below_it(load: Load, cwd: Path, user_file: Path) -> None:
    user_file.write_text(USER)
    assert (host(load()), load().profile) == ("user", "u")
    (cwd / "sentinai.toml").write_text(PROJECT)
    assert (host(load()), load().profile) == ("project", "p")
    (cwd / ".env").write_text("DB_HOST=dotenv-parts\n")
    assert (host(load()), load().profile) == ("dotenv-parts", "environment")
    (cwd / ".env").write_text("DB_HOST=x\nDATABASE_URL=postgresql://dotenv-url/d\n")
    assert host(load()) == "dotenv-url"
    (cwd / ".env").write_text("DATABASE_URL=postgresql://x/d\nSENTINAI_DATABASE_URL=postgresql://dotenv-ours/d\n")
    assert host(load()) == "dotenv-ours"
    environ = {"DB_NAME": "d", "DB_HOST": "env-parts"}
    assert host(load(**environ)) == "env-parts"
    environ["DATABASE_URL"] = "postgresql://env-url/d"
    assert host(load(**environ)) == "env-url"
    environ["SENTINAI_DATABASE_URL"] = "postgresql://env-ours/d"
    assert host(load(**environ)) == "env-ours"
    assert host(load("u", **environ)) == "user"
    assert load("embedded", **environ).database_url is None


def test_nothing_configured_is_the_embedded_server(load: Load) -> None:
    settings = load()
    assert (settings.profile, settings.database_url, settings.tenant) == ("embedded", None, None)
    assert set(settings.origins.values()) == {"default"}
    assert settings.origins.keys() == Settings.model_fields.keys() - {"health", "origins", "overruled"}


def test_the_default_figures(load: Load) -> None:
    settings = load()
    figures = (settings.pool_size, settings.max_overflow, settings.pool_timeout, settings.echo)
    assert (*figures, settings.connect_timeout, settings.answer_timeout) == (5, 5, 30.0, False, 10.0, 30.0)


def test_the_other_settings_come_one_by_one(load: Load, cwd: Path) -> None:
    (cwd / "sentinai.toml").write_text(
        PROJECT + 'tenant = "FILE"\nenvironment = "staging"\npool_size = 7\npool_timeout = 3\necho = true\n'
    )
    (cwd / ".env").write_text("DB_POOL_SIZE=8\nDB_MAX_OVERFLOW=0\n")
    settings = load(SENTINAI_TENANT="ENV", DB_POOL_TIMEOUT="2.5", SENTINAI_CONNECT_TIMEOUT="4")
    assert (settings.tenant, settings.environment, settings.echo) == ("ENV", "staging", True)
    assert (settings.pool_size, settings.max_overflow, settings.pool_timeout) == (8, 0, 2.5)
    assert settings.connect_timeout == 4.0
    expected = {
        "profile": "project file sentinai.toml",
        "database_url": "project file sentinai.toml",
        "tenant": "environment SENTINAI_TENANT",
        "environment": "project file sentinai.toml",
        "pool_size": ".env DB_POOL_SIZE",
        "max_overflow": ".env DB_MAX_OVERFLOW",
        "pool_timeout": "environment DB_POOL_TIMEOUT",
        "connect_timeout": "environment SENTINAI_CONNECT_TIMEOUT",
        "home": "default",
    }
    assert expected.items() <= settings.origins.items()


def test_origins_name_flag_variable_and_user_file(load: Load, user_file: Path) -> None:
    user_file.write_text(USER + 'tenant = "T"\n')
    flagged = load("u").origins
    assert (flagged["profile"], flagged["database_url"]) == ("flag --profile", f"user file {user_file}")
    assert flagged["tenant"] == f"user file {user_file}"
    assert load("embedded").origins["database_url"] == "flag --profile"
    assert load(DATABASE_URL="postgresql://h/d").origins["profile"] == "environment DATABASE_URL"
    assert load(DB_USER="me").origins["database_url"] == "environment DB_USER"


def test_empty_variables_count_as_unset(load: Load) -> None:
    settings = load(DATABASE_URL="", DB_HOST="", SENTINAI_TENANT="", DB_POOL_SIZE="", SENTINAI_HOME="")
    assert (settings.profile, settings.tenant, settings.pool_size) == ("embedded", None, 5)


def test_parts_are_taken_literally_and_completed_with_the_platforms_defaults(load: Load) -> None:
    url = load(DB_HOST="h", DB_PASSWORD="p@%41/:#").database_url
    assert url is not None
    assert url.conninfo() == {
        "host": "h",
        "port": "5432",
        "user": "postgres",
        "password": "p@%41/:#",
        "dbname": "sentinai",
    }


def test_a_part_may_be_a_socket_directory(load: Load) -> None:
    assert host(load(DB_HOST="/run/my pg")) == "/run/my pg"


def test_parts_that_make_no_url_are_refused_by_variable_without_quoting_them(load: Load) -> None:
    for environ in (
        {"DB_PORT": SECRET},
        {"DB_HOST": f"a,{SECRET}"},
        {"DB_USER": f"{SECRET}\x00"},
        {"DB_USER": f"{SECRET}\udcff"},
    ):
        with pytest.raises(InvalidInput, match=f"environment {next(iter(environ))}") as caught:
            load(**environ)
        assert SECRET not in repr(vars(caught.value))


def test_a_password_alone_names_no_database(load: Load, cwd: Path) -> None:
    assert load(DB_PASSWORD=SECRET).profile == "embedded"
    (cwd / ".env").write_text("DB_HOST=h\n")
    url = load(DB_PASSWORD=SECRET).database_url
    assert url is not None
    assert (url.host, url.password) == ("h", SECRET)


def test_dotenv_values_stand_for_themselves(load: Load, cwd: Path) -> None:
    (cwd / ".env").write_text("export DB_HOST='h' # the host\nDB_PASSWORD=${HOME}$x\n# DB_NAME=no\nOTHER LINE\n")
    url = load(HOME="/root").database_url
    assert url is not None
    assert url.password == "${HOME}$x"


def test_a_dotenv_line_of_ours_that_makes_no_sense_is_refused_without_quoting_it(load: Load, cwd: Path) -> None:
    (cwd / ".env").write_text(f"A=1\nDB_PASSWORD='{SECRET}\n")
    with pytest.raises(InvalidInput) as caught:
        load()
    assert "line 2" in caught.value.what
    assert SECRET not in repr(vars(caught.value))


def test_the_direct_url_comes_only_with_the_database_it_leads_to(load: Load, cwd: Path) -> None:
    (cwd / "sentinai.toml").write_text(PROJECT + 'direct_url = "postgresql://project-direct/d"\n')
    direct = load().direct_url
    assert direct is not None
    assert direct.host == "project-direct"
    assert load(DATABASE_URL="postgresql://h/d").direct_url is None
    assert load("embedded", SENTINAI_DIRECT_URL="postgresql://x/d").direct_url is None
    (cwd / ".env").write_text("SENTINAI_DIRECT_URL=postgresql://dotenv/d\n")
    assert load(DATABASE_URL="postgresql://h/d").direct_url is None
    both = load(DATABASE_URL="postgresql://h/d", SENTINAI_DIRECT_URL="postgresql://h2/d")
    assert both.direct_url is not None
    assert (both.direct_url.host, both.origins["direct_url"]) == ("h2", "environment SENTINAI_DIRECT_URL")


def test_a_profile_without_a_url_is_the_embedded_server_under_its_name(load: Load, cwd: Path) -> None:
    (cwd / "sentinai.toml").write_text('[profiles.local]\ntenant = "T"\n')
    settings = load("local", DATABASE_URL="postgresql://h/d")
    assert (settings.profile, settings.database_url, settings.tenant) == ("local", None, "T")


def test_a_profile_is_taken_whole_from_the_first_file_that_defines_it(load: Load, cwd: Path, user_file: Path) -> None:
    (cwd / "sentinai.toml").write_text('[profiles.x]\ndatabase_url = "postgresql://evil/d"\n')
    (user_file.parent / "pw").write_text(SECRET)
    user_file.write_text('[profiles.x]\ndatabase_url = "postgresql://good/d"\npassword_file = "pw"\n')
    url = load("x").database_url
    assert url is not None
    assert (url.host, url.password) == ("evil", None)


def test_a_password_file_is_read_beside_the_user_file(load: Load, user_file: Path) -> None:
    user_file.write_text(
        '[profiles.x]\ndatabase_url = "postgresql://u@h/d"\ndirect_url = "postgresql://u@h:1/d"\npassword_file = "pw"\n'
    )
    (user_file.parent / "pw").write_text(f"{SECRET}\r\n")
    settings = load("x")
    assert settings.database_url is not None
    assert settings.direct_url is not None
    assert settings.database_url.password == settings.direct_url.password == SECRET
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", "~/x", "link", "loop", "nowhere"])
def test_a_project_file_cannot_send_files_from_elsewhere_as_a_password(load: Load, cwd: Path, name: str) -> None:
    (cwd.parent / "outside").write_text("another secret")
    (cwd / "link").symlink_to(cwd.parent / "outside")
    (cwd / "loop").symlink_to("loop")
    (cwd / "sentinai.toml").write_text(PROJECT + f'password_file = "{name}"\n')
    with pytest.raises(InvalidInput, match="password_file"):
        load()


@pytest.mark.parametrize("content", ["", "\n", "two\nlines", "x" * 5000, "esc\x1b"])
def test_a_password_file_holds_one_line(load: Load, cwd: Path, content: str) -> None:
    (cwd / "pw").write_text(content)
    (cwd / "sentinai.toml").write_text(PROJECT + 'password_file = "pw"\n')
    with pytest.raises(InvalidInput, match="password_file"):
        load()


def test_a_password_in_both_places_is_refused_without_either(load: Load, cwd: Path) -> None:
    (cwd / "pw").write_text(SECRET)
    (cwd / "sentinai.toml").write_text(
        f'profile = "p"\n[profiles.p]\ndatabase_url = "postgresql://u:{SECRET}@h/d"\npassword_file = "pw"\n'
    )
    with pytest.raises(InvalidInput) as caught:
        load()
    assert SECRET not in repr(vars(caught.value))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profil = 'x'", "'profile'"),
        ("[profiles.x]\ndatabse_url = 'x'", "'database_url'"),
        ("[profiles.x]\nqqqq = 1", "database_url, direct_url"),
        ("[profiles.x]\npool_size = '5'", "whole number"),
        ("[profiles.x]\npool_size = true", "whole number"),
        ("[profiles.x]\npool_size = 0", "from 1"),
        ("[profiles.x]\npool_timeout = nan", "seconds"),
        ("[profiles.x]\necho = 1", "true or false"),
        ("[profiles.x]\ntenant = ''", "not empty"),
        ("[profiles.x]\nenvironment = 'prod'", "development, staging, production"),
        ("[profiles.embedded]\ntenant = 'x'", "built in"),
        ("profiles = 1", "tables"),
        ("[profiles]\nx = 1", "[profiles.x]"),
        ("[profiles.x]\ndirect_url = 'postgresql://h/d'", "no database_url"),
        ("[profiles.x]\npassword_file = 'pw'", "no database_url"),
        ("profile = 1", "name of a profile"),
        ("\nprofile = ]", "line 2"),
        ("profile = ", "breaks at"),
        ("a = " + "[" * 100_000, "nested"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_by_name(load: Load, cwd: Path, text: str, said: str) -> None:
    (cwd / "sentinai.toml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        load()
    assert "sentinai.toml" in caught.value.what
    assert said in str(caught.value.why)


def test_a_secret_in_broken_toml_is_not_quoted(load: Load, cwd: Path) -> None:
    (cwd / "sentinai.toml").write_text(f"[profiles.x]\ndatabase_url = postgresql://u:{SECRET}@h/d\n")
    with pytest.raises(InvalidInput) as caught:
        load()
    assert SECRET not in repr(vars(caught.value))
    assert "line 2" in str(caught.value.why)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_POOL_SIZE", "many"),
        ("DB_POOL_SIZE", "0"),
        ("DB_POOL_TIMEOUT", "inf"),
        ("DB_ECHO", "maybe"),
        ("SENTINAI_ENVIRONMENT", "Production!"),
        ("SENTINAI_TENANT", "a\x1bb"),
    ],
)
def test_a_variable_that_makes_no_sense_is_refused_by_name(load: Load, name: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=f"environment {name} is not usable"):
        load(**{name: value})


def test_an_unknown_profile_is_not_found_and_the_known_ones_are_named(load: Load, user_file: Path) -> None:
    user_file.write_text(USER)
    with pytest.raises(NotFound) as caught:
        load("nope")
    assert "embedded, u" in str(caught.value.why)
    assert caught.value.code == "unknown_profile"


def test_the_home_can_be_moved_by_the_environment_and_not_by_a_file_in_the_directory(load: Load, cwd: Path) -> None:
    moved = load(SENTINAI_HOME="there", SENTINAI_PG_BIN="/opt/pg/bin", SENTINAI_PG_OS_USER="postgres")
    assert (moved.home, moved.pg_bin, moved.os_user) == (cwd / "there", Path("/opt/pg/bin"), "postgres")
    assert moved.origins["home"] == "environment SENTINAI_HOME"
    (cwd / ".env").write_text("SENTINAI_HOME=/x\nSENTINAI_PG_BIN=/x\nSENTINAI_PG_OS_USER=x\n")
    assert load() == load(SENTINAI_TENANT="")
    assert (load().pg_bin, load().os_user, load().origins["home"]) == (None, None, "default")


def test_roots_home_is_outside_its_home_directory(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert load().home == Path("/var/lib/sentinai")


def test_a_users_home_follows_the_platform(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert load().home.is_relative_to(tmp_path / "home")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert load().home == tmp_path / "data" / "sentinai"


def test_an_account_without_home_or_passwd_entry_can_use_a_url(
    cwd: Path, monkeypatch: pytest.MonkeyPatch, user_file: Path
) -> None:
    pwd = pytest.importorskip("pwd")

    def unknown(_uid: object) -> None:
        raise KeyError("uid not found")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    monkeypatch.delenv("HOME")
    environ: Mapping[str, str] = {"DATABASE_URL": "postgresql://u@h/d"}
    settings = load_settings(profile=None, environ=environ, cwd=cwd)
    assert (host(settings), settings.home) == ("h", NOWHERE)


def test_a_file_that_is_not_text_is_refused_and_a_directory_in_its_place_is_not_a_file(load: Load, cwd: Path) -> None:
    (cwd / ".env").mkdir()
    assert load().profile == "embedded"
    (cwd / "sentinai.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SentinaiError, match=r"sentinai\.toml cannot be read"):
        load()


@contextmanager
def without_the_rights_of_root() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_file_closed_to_us_is_refused_and_a_file_in_a_closed_directory_is_not_there() -> None:
    with TemporaryDirectory(dir="/tmp") as name:
        place = Path(name)
        (place / "closed").touch(mode=0)
        place.chmod(0o755)
        with without_the_rights_of_root(), pytest.raises(InvalidInput, match=r"\.env cannot be read"):
            read_if_there(place / "closed", origin=".env")
        place.chmod(0)
        with without_the_rights_of_root():
            assert read_if_there(place / "closed", origin=".env") is None
        place.chmod(0o700)


def test_settings_cannot_be_changed_and_hold_no_unknown_field(load: Load) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().tenant = "x"  # type: ignore[misc]


def test_what_is_overruled_is_named_strongest_first(load: Load, cwd: Path) -> None:
    (cwd / "sentinai.toml").write_text(PROJECT + "pool_size = 7\n")
    (cwd / ".env").write_text("DB_POOL_SIZE=8\nDATABASE_URL=postgresql://x/d\n")
    settings = load(DB_POOL_SIZE="9", SENTINAI_DATABASE_URL="postgresql://y/d")
    assert settings.overruled["pool_size"] == (".env DB_POOL_SIZE", "project file sentinai.toml")
    assert settings.overruled["database_url"] == (".env DATABASE_URL", "project file sentinai.toml")
    assert settings.overruled["tenant"] == ()
