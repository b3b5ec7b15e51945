"""Reading a configuration file that may not be there."""

from pathlib import Path

from sentinai_cli.errors import InvalidInput


def read_if_there(path: Path, *, origin: str) -> str | None:
    """The text of the file, or None when there is no such regular file or its directory is closed to us.

    Raises InvalidInput `unreadable_file`, which names `origin`, for a file that is there and cannot be read as UTF-8.
    """
    try:
        if not path.is_file():
            return None
    except OSError:
        return None
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        why = "it is not UTF-8"
    except OSError as error:
        why = error.strerror or "reading failed"
    raise InvalidInput("unreadable_file", f"{origin} cannot be read", why=why)
