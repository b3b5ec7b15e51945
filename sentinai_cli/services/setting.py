"""What the settings are."""

from sentinai_cli.config import Settings
from sentinai_cli.models.setting import Setting, SettingList


def list_settings(settings: Settings) -> SettingList:
    """Every setting with its origin, in the order of declaration. URLs come without secrets."""
    values = settings.model_dump(mode="json", exclude={"origins"})
    return SettingList.whole(
        Setting(name=name, value=_text(value), origin=settings.origins[name]) for name, value in values.items()
    )


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
