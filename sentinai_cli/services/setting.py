"""What the settings are."""

from sentinai_cli.config import Settings
from sentinai_cli.models.health_threshold import DEFAULT
from sentinai_cli.models.setting import Setting, SettingList


def list_settings(settings: Settings, *, only_set: bool = False) -> SettingList:
    """Every setting with its origin, in the order of declaration; `only_set` leaves defaults out.

    URLs come without secrets. Thresholds of health checks are listed where a file sets them.
    """
    values = settings.model_dump(mode="json", exclude={"health", "origins", "overruled"})
    shown = [
        Setting(
            name=name, value=_text(value), origin=settings.origins[name], overruled=settings.overruled.get(name, ())
        )
        for name, value in values.items()
        if not only_set or settings.origins[name] != "default"
    ]
    thresholds = [
        Setting(name=f"health.{name}", value=one.words, origin=one.origin)
        for name, one in settings.health.items()
        if one.origin != DEFAULT
    ]
    return SettingList.whole([*shown, *thresholds])


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
