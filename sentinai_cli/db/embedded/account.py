"""The operating system account that the server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from sentinai_cli.errors import InvalidInput, Refused

OWN_ACCOUNT = "sentinai"
_KNOWN_ACCOUNTS = ("postgres", "_postgres", OWN_ACCOUNT)
"""The second is what macOS comes with."""


@dataclass(frozen=True)
class Account:
    """A named account. `user`, `group` and `groups` are what subprocess takes; all None when no switch is needed."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    @property
    def user(self) -> int | None:
        return None if self.is_ours else self.uid

    @property
    def group(self) -> int | None:
        return None if self.is_ours else self.gid

    @property
    def groups(self) -> list[int] | None:
        return None if self.is_ours else []


def account_name(uid: int) -> str:
    """The account's name, or its number where the system knows no name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def find_account(os_user: str | None, owner: int | None) -> Account | None:
    """The account to run as, without making one; None means that root has none yet.

    `owner` is the uid of existing data, which only its owner can serve. Raises Refused when we may not be that account
    or it has no name, InvalidInput when `os_user` does not exist.
    """
    wanted = _named(os_user) if os_user else None
    if os.geteuid() != 0:
        return _own(wanted)
    if wanted is not None and owner is not None and wanted.uid != owner:
        raise Refused(
            "embedded_foreign_data",
            f"the embedded server's data belongs to {account_name(owner)}, not to {wanted.name}",
            fix=f"SENTINAI_PG_OS_USER={account_name(owner)} sentinai db start",
        )
    if wanted is None and owner is not None:
        wanted = _numbered(owner)
    if wanted is not None and wanted.uid == 0:
        raise Refused(
            "embedded_account_is_root",
            "PostgreSQL does not run as root",
            fix="SENTINAI_PG_OS_USER=postgres sentinai db start",
        )
    return wanted or next((found for name in _KNOWN_ACCOUNTS if (found := _lookup(name))), None)


def make_account(say: Callable[[str], None]) -> Account:
    """Make the locked system account `sentinai` and say so. Only root can. Raises Refused when it cannot be made."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    who = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    command = [useradd, *who, "--comment", "SentinAI embedded PostgreSQL", OWN_ACCOUNT] if useradd else ["false"]
    made = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    account = _lookup(OWN_ACCOUNT)  # also when another process was first
    if account is None:
        raise Refused(
            "embedded_account_missing",
            "PostgreSQL does not run as root, and no account for it exists or could be made",
            why=made.stderr.decode(errors="replace").strip() or "there is no useradd",
            fix="SENTINAI_PG_OS_USER=nobody sentinai db start",
        )
    say(f"made the system account {OWN_ACCOUNT}, locked and without a shell, to run PostgreSQL (it refuses root)")
    return account


def _own(wanted: Account | None) -> Account:
    own = _numbered(os.geteuid())
    if wanted is not None and wanted.uid != own.uid:
        raise Refused(
            "embedded_account_not_permitted",
            f"only root can run the embedded server as {wanted.name}; this is {own.name}",
            fix="env -u SENTINAI_PG_OS_USER sentinai db start",
        )
    return own


def _named(name: str) -> Account:
    found = _lookup(name)
    if found is None:
        raise InvalidInput(
            "unknown_os_user",
            f"SENTINAI_PG_OS_USER names an account that does not exist: {name}",
            fix="env -u SENTINAI_PG_OS_USER sentinai db start",
        )
    return found


def _numbered(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Refused(
            "embedded_account_unnamed",
            f"user id {uid} has no account name, and PostgreSQL does not run without one",
            why="a database reached by URL needs no name",
            fix="SENTINAI_DATABASE_URL=postgresql://USER@HOST:5432/DATABASE sentinai status",
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _lookup(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except (KeyError, ValueError):
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
