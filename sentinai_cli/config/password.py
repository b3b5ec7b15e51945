"""Where a profile's password comes from when its URL holds none: a file, a variable, the keyring, or libpq.

A password never meets a host that somebody else wrote beside its name: a project file names only files beneath its own
directory and variables that begin with `SENTINAI_PASSWORD`, and an entry of the keyring belongs to one address.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from sentinai_cli.config.key import Value
from sentinai_cli.config.text_file import read_if_there
from sentinai_cli.config.variable import Layer
from sentinai_cli.errors import InvalidInput, NotFound, Unavailable
from sentinai_cli.models.database_url import DatabaseUrl

KEYS = ("password_file", "password_variable", "password_keyring")
SERVICE = "sentinai"
"""What the keyring holds passwords under; the account is the URL as `sentinai config profiles` shows it."""

_OF_A_PROJECT = "SENTINAI_PASSWORD"
IN_THE_URL = "the URL"
_ELSEWHERE = frozenset({"hostaddr", "service", "servicefile"})
"""Options that lead somewhere else than the host of the URL."""


def source_of(values: Mapping[str, Value], url: DatabaseUrl) -> str | None:
    """Where the password is to come from, in words, without looking for it; None leaves it to libpq.

    libpq itself asks `PGPASSWORD`, then the file of `PGPASSFILE` or `~/.pgpass`.
    """
    if url.password is not None:
        return IN_THE_URL
    if "password_variable" in values:
        return f"variable {values['password_variable']}"
    if "password_file" in values:
        return f"file {values['password_file']}"
    return "keyring" if values.get("password_keyring") else None


def with_password(
    url: DatabaseUrl,
    values: Mapping[str, Value],
    *,
    origin: str,
    folder: Path,
    confined: bool,
    layers: tuple[Layer, ...],
) -> DatabaseUrl:
    """`url` with the password of the one source that `values` name, or as it is when they name none.

    `folder` is that of the file that `values` come from, and `confined` says that it is the project's. Raises
    InvalidInput for two sources at once and for one that is not there, empty or out of bounds; NotFound and Unavailable
    for the keyring. Only what asks for the keyring imports its library.
    """
    named = [key for key in KEYS if values.get(key)]
    if not named:
        return url
    where = f"{origin}.{named[0]}"
    if url.password is not None:
        _refuse(where, "the URL holds a password already")
    if len(named) > 1:
        _refuse(f"{origin}.{named[1]}", f"{named[0]} says already where the password is")
    if named[0] == "password_file":
        return replace(url, password=_of_file(folder, str(values["password_file"]), where, confined=confined))
    if named[0] == "password_variable":
        return replace(url, password=_of_variable(str(values["password_variable"]), where, layers, confined=confined))
    return replace(url, password=_of_keyring(url, where))


def _of_file(folder: Path, name: str, where: str, *, confined: bool) -> str:
    path = folder / name if confined else folder / os.path.expanduser(name)  # noqa: PTH111  Path's raises
    if confined and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        _refuse(where, "a project file may name only a password file beneath its own directory; use the user file")
    text = read_if_there(path, origin=where)
    if text is None:
        _refuse(where, "there is no such file")
    return _checked(text.removesuffix("\n").removesuffix("\r"), where, "the file holds one line of printable text")


def _of_variable(name: str, where: str, layers: tuple[Layer, ...], *, confined: bool) -> str:
    if confined and not name.startswith(_OF_A_PROJECT):
        _refuse(where, f"a project file may name only a variable that begins with {_OF_A_PROJECT}; use the user file")
    text = next((value for layer in layers if (value := layer.get(name))), None)
    if text is None:
        _refuse(where, f"the variable {name} is not set")
    return _checked(text, where, f"the variable {name} holds one line of printable text")


def _of_keyring(url: DatabaseUrl, where: str) -> str:
    if url.host is None or (elsewhere := _ELSEWHERE & url.options.keys()):
        why = f"the URL has {', '.join(sorted(elsewhere))}" if url.host else "the URL names no host"
        _refuse(where, f"{why}, and a password of the keyring goes only to the host that it was kept for")
    try:
        import keyring
    except ImportError:
        raise Unavailable(
            "keyring_not_installed",
            f"{where} needs the keyring library, which is not installed",
            fix="pip install 'sentinai-cli[keyring]'",
        ) from None
    try:
        password = keyring.get_password(SERVICE, url.shown)
    except Exception as error:  # noqa: BLE001  a backend is anybody's code, and what it says might quote the secret
        why = f"it failed with {type(error).__name__}"
        raise Unavailable(
            "keyring_unusable", f"{where}: the keyring cannot be used", why=why, fix="keyring diagnose"
        ) from None
    if password is None:
        raise NotFound(
            "password_not_found",
            f"{where}: the keyring holds no password for {url.shown}",
            fix=f"keyring set {SERVICE} '{url.shown}'",
        )
    return _checked(password, where, "the keyring holds one line of printable text")


def _checked(password: str, where: str, rule: str) -> str:
    if not password or len(password) > 4096 or not password.isprintable():
        _refuse(where, f"{rule}, the password")
    return password


def _refuse(what: str, why: str) -> NoReturn:
    raise InvalidInput("invalid_setting", f"{what} is not usable", why=why)
