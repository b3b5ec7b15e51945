"""The settings are shown with where each came from, and without secrets."""

from pathlib import Path

from sentinai_cli.config import load_settings
from sentinai_cli.services.setting import list_settings


def test_every_setting_is_listed_with_its_value_and_origin(tmp_path: Path) -> None:
    environ = {
        "SENTINAI_HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": str(tmp_path),
        "DATABASE_URL": "postgresql://me:hunter2hunter2@db.example.com/work",
        "DB_ECHO": "true",
        "SENTINAI_TENANT": "ACME",
    }
    settings = load_settings(profile=None, environ=environ, cwd=tmp_path)
    listed = list_settings(settings)
    assert [setting.name for setting in listed.items] == [
        name for name in type(settings).model_fields if name not in ("health", "origins", "overruled")
    ]
    found = {setting.name: (setting.value, setting.origin) for setting in listed.items}
    assert found["tenant"] == ("ACME", "environment SENTINAI_TENANT")
    assert found["echo"] == ("true", "environment DB_ECHO")
    assert found["pool_size"] == ("5", "default")
    assert found["environment"] == (None, "default")
    assert found["database_url"][1] == "environment DATABASE_URL"
    assert "db.example.com" in (found["database_url"][0] or "")
    assert "hunter2" not in listed.model_dump_json()
