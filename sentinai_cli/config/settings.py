"""The settings of one run, resolved."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import InstanceOf, PlainSerializer

from sentinai_cli.config import place
from sentinai_cli.config.health import in_force
from sentinai_cli.config.key import KEYS, Value
from sentinai_cli.config.password import IN_THE_URL, source_of
from sentinai_cli.config.profile import EMBEDDED, ENVIRONMENT, ConfigFile, Profile, choose, read_config_file
from sentinai_cli.config.variable import DATABASE_VARIABLES, Layer, database_url, direct_url, read_layers
from sentinai_cli.models.base import Model
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.health_threshold import DEFAULTS, Threshold

_Url = Annotated[InstanceOf[DatabaseUrl], PlainSerializer(lambda url: url.shown, return_type=str)]
_ONE_BY_ONE = (
    "tenant",
    "environment",
    "pool_size",
    "max_overflow",
    "pool_timeout",
    "echo",
    "connect_timeout",
    "answer_timeout",
)


class Settings(Model):
    """What one run works with. Its repr and its dump show URLs without secrets. Times are in seconds.

    `database_url` None means the embedded server under `home`. `direct_url` leads to the same database around a
    transaction pooler. `password_source` says in words where the password is from; None leaves that to libpq, which
    asks `PGPASSWORD`, `PGPASSFILE` and `~/.pgpass`. `profile` is `environment` when variables named the database.
    `environment` is what the operator says of the database; what the database says of itself comes first. `origins` has
    an entry for every other field: `flag --profile`, `environment NAME`, `.env NAME`, `project file sentinai.toml`,
    `user file PATH` or `default`. `overruled` has the origins that name a field too and count less.
    `health` are the thresholds of health checks, each with its own origin.
    """

    profile: str
    database_url: _Url | None = None
    direct_url: _Url | None = None
    password_source: str | None = None
    pool_size: int = 5
    max_overflow: int = 5
    pool_timeout: float = 30.0
    echo: bool = False
    connect_timeout: float = 10.0
    answer_timeout: float = 30.0
    tenant: str | None = None
    environment: Environment | None = None
    home: Path
    os_user: str | None = None
    pg_bin: Path | None = None
    health: Mapping[str, Threshold] = DEFAULTS
    origins: Mapping[str, str]
    overruled: Mapping[str, tuple[str, ...]] = {}


def load_settings(*, profile: str | None, environ: Mapping[str, str], cwd: Path, passwords: bool = True) -> Settings:
    """Resolve flag, environment, `.env`, `sentinai.toml` in `cwd`, the user file and the defaults, strongest first.

    `profile` is the flag: its database beats every variable. Without `passwords` those that a profile keeps elsewhere
    than in its URL are not looked for, and what is wrong with them is not found. `SENTINAI_HOME`, `SENTINAI_PG_BIN` and
    `SENTINAI_PG_OS_USER` count only in `environ`, since a file in a stranger's directory must not name programs to run.
    Directories of the user come from the process's own environment. Raises InvalidInput and NotFound, which name the
    origin and quote no secret. Opens no connection.
    """
    layers = read_layers(environ, cwd)
    files = config_files(cwd)
    chosen = choose(profile, files)
    found: dict[str, object] = {}
    origins = dict.fromkeys(Settings.model_fields, "default")
    for name in ("health", "origins", "overruled"):
        del origins[name]
    for resolved in (
        _target(profile, chosen, layers, passwords=passwords),
        _one_by_one(chosen, layers),
        _places(layers[0], cwd),
    ):
        for name, (value, origin) in resolved.items():
            found[name], origins[name] = value, origin
    overruled = {name: _weaker(name, origin, chosen, layers) for name, origin in origins.items()}
    found |= {"health": in_force(file.thresholds for file in files), "origins": origins, "overruled": overruled}
    return Settings.model_validate(found)


def profile_in_force(*, profile: str | None, environ: Mapping[str, str], cwd: Path) -> tuple[str, str]:
    """The profile that `load_settings` would resolve, and its origin, without looking for any password."""
    chosen = choose(profile, config_files(cwd))
    if profile is None and (named := database_url(read_layers(environ, cwd))):
        return ENVIRONMENT, f"{named[0].origin} {named[1]}"
    return (EMBEDDED, "default") if chosen is None else (chosen.name, chosen.chosen_by)


def config_files(cwd: Path) -> tuple[ConfigFile, ConfigFile]:
    """The project file and the user file, read; what is not there has no profiles. Raises InvalidInput."""
    return (
        read_config_file(ConfigFile("project file sentinai.toml", cwd / "sentinai.toml", confined=True)),
        read_config_file(ConfigFile(f"user file {place.user_file()}", place.user_file(), confined=False)),
    )


def _target(
    flag: str | None, chosen: Profile | None, layers: tuple[Layer, ...], *, passwords: bool
) -> dict[str, tuple[object, str]]:
    """The profile's name and both URLs, which one source gives together: they lead to one database."""
    if flag is None and (named := database_url(layers)):
        layer, variable, url = named
        origin = f"{layer.origin} {variable}"
        target: dict[str, tuple[object, str]] = {"profile": (ENVIRONMENT, origin), "database_url": (url, origin)}
        if url.password is not None:
            in_parts = variable.startswith("DB_")
            target["password_source"] = ("DB_PASSWORD" if in_parts else IN_THE_URL, origin)
        if direct := direct_url(layer):
            target["direct_url"] = (direct, f"{layer.origin} SENTINAI_DIRECT_URL")
        return target
    if chosen is None:
        return {"profile": (EMBEDDED, "default")}
    target = {"profile": (chosen.name, chosen.chosen_by)}
    for key in ("database_url", "direct_url"):
        found = chosen.url(key, layers) if passwords else chosen.address(key)
        if found and chosen.file:
            target[key] = (found, chosen.file.origin)
    if (address := chosen.address("database_url")) and chosen.file:
        target["password_source"] = (source_of(chosen.values, address), chosen.file.origin)
    target.setdefault("database_url", (None, chosen.chosen_by))
    return target


def _one_by_one(chosen: Profile | None, layers: tuple[Layer, ...]) -> dict[str, tuple[Value, str]]:
    found: dict[str, tuple[Value, str]] = {}
    for key in (KEYS[name] for name in _ONE_BY_ONE):
        for layer in layers:
            if key.variable and (text := layer.get(key.variable)):
                origin = f"{layer.origin} {key.variable}"
                found[key.name] = (key.of_text(text, origin=origin), origin)
                break
        else:
            if chosen and chosen.file and key.name in chosen.values:
                found[key.name] = (chosen.values[key.name], chosen.file.origin)
    return found


def _places(environment: Layer, cwd: Path) -> dict[str, tuple[object, str]]:
    found: dict[str, tuple[object, str]] = {}
    for field, variable in (
        ("home", "SENTINAI_HOME"),
        ("pg_bin", "SENTINAI_PG_BIN"),
        ("os_user", "SENTINAI_PG_OS_USER"),
    ):
        if text := environment.get(variable):
            value = text if field == "os_user" else cwd / text
            found[field] = (value, f"{environment.origin} {variable}")
    found.setdefault("home", (place.default_home(), "default"))
    return found


def _weaker(name: str, origin: str, chosen: Profile | None, layers: tuple[Layer, ...]) -> tuple[str, ...]:
    """The places besides `origin` that name the setting; what they say is not looked at."""
    key = KEYS.get(name)
    variables = DATABASE_VARIABLES if name == "database_url" else (key.variable,) if key and key.variable else ()
    named = [f"{layer.origin} {variable}" for layer in layers for variable in variables if layer.get(variable)]
    if chosen and chosen.file and name in chosen.values:
        named.append(chosen.file.origin)
    return tuple(place for place in named if place != origin)
