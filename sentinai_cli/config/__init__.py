"""What the operator configured: from flag, environment, `.env`, project file and user file, with the origin of each."""

from sentinai_cli.config.settings import Settings, config_files, load_settings

__all__ = ["Settings", "config_files", "load_settings"]
