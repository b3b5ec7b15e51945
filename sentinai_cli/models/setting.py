"""A setting: a value, and where it came from."""

from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult


class Setting(Model):
    """`value` is safe to show, None when nothing is set; `origin` says who set it.

    `overruled` are the origins that name it too, strongest first, and lost.
    """

    name: str
    value: str | None
    origin: str
    overruled: tuple[str, ...] = ()


class SettingList(ListResult[Setting]):
    """Settings in the order of their declaration."""
