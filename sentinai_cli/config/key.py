"""The keys of a profile: their variable, their type, their bounds. One table for files and environment."""

from dataclasses import dataclass
from typing import TypeAlias

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.database import Environment

Value: TypeAlias = "str | int | float | bool"

_BOOLEANS = dict.fromkeys(("true", "1", "yes", "on"), True) | dict.fromkeys(("false", "0", "no", "off"), False)


@dataclass(frozen=True, slots=True)
class Key:
    """`variable` is None for what only a file may say. `least` and `most` bound numbers; times are in seconds."""

    name: str
    variable: str | None
    kind: type[str] | type[int] | type[float] | type[bool]
    least: int = 0
    most: int = 0
    choices: tuple[str, ...] = ()

    def of_text(self, text: str, *, origin: str) -> Value:
        """The value of a variable. Raises InvalidInput `invalid_setting`, which names the origin, never the text."""
        value: object = text
        try:
            if self.kind is bool:
                value = _BOOLEANS.get(text.strip().lower())
            elif self.kind is not str:
                value = self.kind(text)
        except ValueError:
            value = None
        return self.of_value(value, origin=origin)

    def of_value(self, value: object, *, origin: str) -> Value:
        """The value of a TOML key. Raises InvalidInput `invalid_setting`, as `of_text` does."""
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is self.kind and self._in_bounds(value):
            assert isinstance(value, str | int | float)
            return value
        raise InvalidInput("invalid_setting", f"{origin} is not usable", why=f"{self.name} is {self.expected}")

    @property
    def expected(self) -> str:
        """What a good value is, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.kind is bool:
            return "true or false"
        if self.kind is str:
            return "text, not empty and without control characters"
        return f"a {'whole number' if self.kind is int else 'number of seconds'} from {self.least} to {self.most}"

    def _in_bounds(self, value: object) -> bool:
        if isinstance(value, str):
            return value in self.choices if self.choices else bool(value) and value.isprintable()
        return isinstance(value, bool) or (isinstance(value, int | float) and self.least <= value <= self.most)


KEYS = {
    key.name: key
    for key in (
        Key("database_url", None, str),
        Key("direct_url", None, str),
        Key("password_file", None, str),
        Key("password_variable", None, str),
        Key("password_keyring", None, bool),
        Key("tenant", "SENTINAI_TENANT", str),
        Key("environment", "SENTINAI_ENVIRONMENT", str, choices=tuple(Environment)),
        Key("pool_size", "DB_POOL_SIZE", int, 1, 1000),
        Key("max_overflow", "DB_MAX_OVERFLOW", int, 0, 1000),
        Key("pool_timeout", "DB_POOL_TIMEOUT", float, 1, 3600),
        Key("echo", "DB_ECHO", bool),
        Key("connect_timeout", "SENTINAI_CONNECT_TIMEOUT", float, 1, 3600),
        Key("answer_timeout", "SENTINAI_ANSWER_TIMEOUT", float, 1, 3600),
    )
}
"""The URLs are read elsewhere, because where they come from decides together; the rest is looked up one by one."""
