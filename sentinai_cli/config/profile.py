"""Profiles: named targets in the project file and the user file."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from sentinai_cli.config.health import read_thresholds
from sentinai_cli.config.key import KEYS, Value
from sentinai_cli.config.password import KEYS as PASSWORD_KEYS
from sentinai_cli.config.password import with_password
from sentinai_cli.config.text_file import read_if_there
from sentinai_cli.config.variable import Layer
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.health_threshold import Threshold

EMBEDDED = "embedded"
ENVIRONMENT = "environment"
_RESERVED = (EMBEDDED, ENVIRONMENT)


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """`confined`: the file came with the directory one works in, so it may name password files only beneath itself.

    Otherwise a stranger's checkout could have any file of the operator sent to the stranger's server.
    """

    origin: str
    path: Path
    confined: bool
    default: str | None = None
    profiles: Mapping[str, Mapping[str, Value]] = field(default_factory=dict, repr=False)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """`file` is None for the built-in `embedded`, which holds nothing. `chosen_by` is the origin of the name."""

    name: str
    chosen_by: str
    file: ConfigFile | None = None

    @property
    def values(self) -> Mapping[str, Value]:
        return self.file.profiles[self.name] if self.file else {}

    def address(self, key: str) -> DatabaseUrl | None:
        """The URL under `key` as the file has it; None when the key is absent. Raises InvalidInput."""
        if self.file is None or key not in self.values:
            return None
        return DatabaseUrl.parse(str(self.values[key]), source=f"{self._where}.{key}")

    def url(self, key: str, layers: tuple[Layer, ...]) -> DatabaseUrl | None:
        """The URL under `key` with its password put in, which `config/password.py` finds; None when the key is absent.

        Raises as that does.
        """
        url = self.address(key)
        if self.file is None or url is None:
            return None
        return with_password(
            url,
            self.values,
            origin=self._where,
            folder=self.file.path.parent,
            confined=self.file.confined,
            layers=layers,
        )

    @property
    def _where(self) -> str:
        assert self.file is not None
        return f"{self.file.origin} profiles.{self.name}"


def read_config_file(file: ConfigFile) -> ConfigFile:
    """The file's content in place of nothing; unchanged when it is not there.

    Raises InvalidInput naming file, key and, for a key that we do not know, the nearest that we do.
    """
    text = read_if_there(file.path, origin=file.origin)
    if text is None:
        return file
    document = _parsed(text, file.origin)
    _known(document, ("profile", "profiles", "health"), f"{file.origin} has the unknown key")
    default, tables = document.get("profile"), document.get("profiles", {})
    if not isinstance(default, str | None):
        _refuse(f"{file.origin} profile", "profile is the name of a profile, in quotes")
    if not isinstance(tables, dict):
        _refuse(f"{file.origin} profiles", "profiles are tables: [profiles.NAME]")
    return replace(
        file,
        default=default,
        profiles={name: _table(file, name, table) for name, table in tables.items()},
        thresholds=read_thresholds(document.get("health", {}), file.origin),
    )


def choose(flag: str | None, files: tuple[ConfigFile, ...]) -> Profile | None:
    """The profile named by the flag, else by the first file that names one; None when nobody does.

    The first file that defines the name defines all of it, so that a password never meets another file's host.
    Raises NotFound `unknown_profile`.
    """
    named = [(flag, "flag --profile")] if flag is not None else [(file.default, file.origin) for file in files]
    name, origin = next(((name, origin) for name, origin in named if name is not None), (None, ""))
    if name is None:
        return None
    if name == EMBEDDED:
        return Profile(name, origin)
    for file in files:
        if name in file.profiles:
            return Profile(name, origin, file)
    known = [EMBEDDED, *sorted({name for file in files for name in file.profiles})]
    raise NotFound(
        "unknown_profile",
        f"there is no profile {name!r} ({origin})",
        why=f"known: {', '.join(known)}; looked in {' and '.join(str(file.path) for file in files)}",
        fix=f"sentinai status --profile {EMBEDDED}",
    )


def _table(file: ConfigFile, name: str, table: object) -> dict[str, Value]:
    where = f"{file.origin} profiles.{name}"
    if name in _RESERVED:
        _refuse(where, f"the name {name!r} is built in; take another")
    if not isinstance(table, dict):
        _refuse(where, f"a profile is a table: [profiles.{name}]")
    _known(table, tuple(KEYS), f"{where} has the unknown key")
    if "database_url" not in table and (lost := [key for key in ("direct_url", *PASSWORD_KEYS) if key in table]):
        _refuse(f"{where}.{lost[0]}", "the profile has no database_url that it belongs to")
    return {key: KEYS[key].of_value(value, origin=f"{where}.{key}") for key, value in table.items()}


def _known(table: Mapping[str, object], valid: tuple[str, ...], what: str) -> None:
    for key in table:
        if key not in valid:
            near = get_close_matches(key, valid, n=1)
            why = f"did you mean {near[0]!r}?" if near else f"the keys are {', '.join(valid)}"
            raise InvalidInput("unknown_setting", f"{what} {key!r}", why=why)


def _parsed(text: str, origin: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at (line \d+, column \d+|end of document)\)", str(error))
        where = place.group(1) if place else "an unknown place"
    except RecursionError:
        where = "a place that is nested too deeply"
    raise InvalidInput("invalid_config_file", f"{origin} is not valid TOML", why=f"it breaks at {where}")


def _refuse(what: str, why: str) -> NoReturn:
    raise InvalidInput("invalid_setting", f"{what} is not usable", why=why)
