"""What the operator configured: from flag, environment, `.env`, project file and user file, with the origin of each.

The names below are imported on first use: `config.place`, which needs no models, also serves the completion of a shell.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentinai_cli.config.settings import Settings, config_files, load_settings, profile_in_force

__all__ = ["Settings", "config_files", "load_settings", "profile_in_force"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("sentinai_cli.config.settings"), name)
