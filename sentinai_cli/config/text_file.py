"""Reading a configuration file that may not be there."""

import os
from pathlib import Path

from sentinai_cli.errors import InvalidInput


def read_if_there(path: Path, *, origin: str) -> str | None:
    """The text of the file, or None when there is no such regular file or its directory is closed to us.

    Raises InvalidInput `unreadable_file`, which names `origin`, for a file that is there and cannot be read as UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig") if path.is_file() else None
    except PermissionError:
        if not os.access(path.parent, os.X_OK):
            return None
        why = "this account may not read it"
    except UnicodeDecodeError:
        why = "it is not UTF-8"
    except OSError as error:
        why = error.strerror or "reading failed"
    raise InvalidInput("unreadable_file", f"{origin} cannot be read", why=why)
