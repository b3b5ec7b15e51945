"""Where this account keeps its settings and its embedded server."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs

NOWHERE = Path("/nonexistent/sentinai")
"""Of an account with no home directory: it cannot keep a server, and can use a URL all the same."""


def user_file() -> Path:
    """The user's configuration file, by the conventions of the platform (`XDG_CONFIG_HOME` …)."""
    return _of_user(platformdirs.user_config_dir) / "config.toml"


def default_home() -> Path:
    """Base directory of the embedded server. Root's is outside its home, which the server's account cannot enter."""
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/sentinai")
    return _of_user(platformdirs.user_data_dir)


def _of_user(find: Callable[..., str]) -> Path:
    try:
        path = Path(find("sentinai", appauthor=False))
    except RuntimeError:  # older releases of platformdirs give a relative path instead
        return NOWHERE
    return path if path.is_absolute() else NOWHERE
