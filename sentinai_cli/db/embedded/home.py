"""The home directory and what is private in it: made when missing, proven ours before anything else is done."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

from sentinai_cli.db.embedded.account import Account, account_name
from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.errors import InvalidInput, Refused, Unavailable


def check_home(layout: Layout) -> bool:
    """Whether the home exists. Raises Refused when it is another account's, or others may write in it."""
    home = layout.home
    with storage(home):
        try:
            found = home.lstat()
        except FileNotFoundError:
            return False
    if not stat.S_ISDIR(found.st_mode):
        raise InvalidInput(
            "invalid_embedded_home",
            f"the embedded server's home is not a directory: {home}",
            fix=elsewhere(),
        )
    if found.st_uid != os.geteuid():
        owner = account_name(found.st_uid)
        raise Refused(
            "embedded_foreign_home",
            f"the embedded server in {home} belongs to {owner}, and this is {account_name(os.geteuid())}",
            fix=f"sudo -u {owner} sentinai db status",
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Refused(
            "embedded_home_open",
            f"others may write in the embedded server's home {home}",
            why="who can exchange its files can become the database's superuser",
            fix=f"chmod go-w {quote(str(home))}",
        )
    return True


def make_home(layout: Layout) -> None:
    """Make the home and its missing parents; what exists is left as it is. Raises Unavailable when it cannot be made.

    Root's home may be entered, not read, by others: the server's account must reach its data through it.
    """
    with storage(layout.home):
        missing = [folder for folder in layout.home.parents if not folder.exists()]
        for folder in reversed(missing):
            _make(folder, 0o755)
        _make(layout.home, 0o711 if os.geteuid() == 0 else 0o700)
    check_home(layout)


def data_owner(layout: Layout) -> int | None:
    """The uid that existing data belongs to, None before there is any. Raises Refused when we cannot serve it."""
    with storage(layout.home):
        try:
            owner = layout.data.lstat().st_uid
        except FileNotFoundError:
            return None
    if owner == 0 or os.geteuid() not in (0, owner):
        raise Refused(
            "embedded_foreign_data",
            f"the embedded server's data in {layout.data} belongs to {account_name(owner)}",
            why="PostgreSQL does not run as root" if owner == 0 else None,
            fix=f"ls -la {quote(str(layout.home))}",
        )
    return owner


def private_directory(path: Path, account: Account) -> None:
    """Make `path` for the account alone, or prove that it is so already."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        give(path, account)
    check_private(path, account.uid)


def check_private(path: Path, owner: int) -> None:
    """Raises Refused unless `path` is a real directory that only `owner` can enter."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        raise Refused(
            "embedded_directory_open",
            f"{path} is not a directory of {account_name(owner)} alone",
            why=f"it is {stat.filemode(found.st_mode)} of {account_name(found.st_uid)}",
            fix=f"chmod 700 {quote(str(path))}" if found.st_uid == owner else f"ls -ld {quote(str(path))}",
        )


def give(path: Path, account: Account) -> None:
    """Hand over what was just made by us."""
    if not account.is_ours:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def closed_directory(path: Path, account: Account) -> Path | None:
    """The first directory on the way to `path` whose mode keeps the account out; only explains what failed."""
    for folder in (*reversed(path.parents), path):
        try:
            found = folder.stat()
        except OSError:
            return None
        bit = (
            stat.S_IXUSR
            if found.st_uid == account.uid
            else stat.S_IXGRP
            if found.st_gid == account.gid
            else stat.S_IXOTH
        )
        if stat.S_ISDIR(found.st_mode) and not found.st_mode & bit:
            return folder
    return None


def _make(folder: Path, mode: int) -> None:
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        return
    folder.chmod(mode)  # whatever the umask took away


def elsewhere() -> str:
    """The command that starts anew in a directory that is likely to do."""
    home = "/var/lib/sentinai" if os.geteuid() == 0 else '"$HOME/.sentinai"'
    return f"SENTINAI_HOME={home} sentinai db start"


@contextmanager
def storage(home: Path) -> Iterator[None]:
    """Turn what the system refuses while working in the home into Unavailable."""
    try:
        yield
    except OSError as error:
        raise Unavailable(
            "embedded_home_unwritable",
            f"the embedded server cannot keep its files in {home}",
            why=error.strerror,
            fix=elsewhere(),
        ) from None
