"""Variables of the environment and of `.env`, and the database URL that they spell."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from sentinai_cli.config.text_file import read_if_there
from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.database_url import DatabaseUrl

_URLS = ("SENTINAI_DATABASE_URL", "DATABASE_URL")
_PARTS = {"host": "DB_HOST", "port": "DB_PORT", "user": "DB_USER", "database": "DB_NAME"}
DATABASE_VARIABLES = (*_URLS, *_PARTS.values())
"""Those that name a database, strongest first within one layer."""

_DEFAULTS = {"host": "localhost", "port": "5432", "user": "postgres", "database": "sentinai"}


@dataclass(frozen=True, slots=True, repr=False)
class Layer:
    """One source of variables. An empty variable counts as unset."""

    origin: str
    values: Mapping[str, str]

    def get(self, name: str) -> str | None:
        return self.values.get(name) or None


def read_layers(environ: Mapping[str, str], cwd: Path) -> tuple[Layer, Layer]:
    """The environment, then `.env` of the working directory, where `$` stands for itself.

    Raises InvalidInput for a `.env` that cannot be read, or that names one of our variables in a line of no sense.
    """
    return Layer("environment", environ), Layer(".env", _dotenv(cwd / ".env"))


def database_url(layers: tuple[Layer, ...]) -> tuple[Layer, str, DatabaseUrl] | None:
    """The first layer that names a database, the variable that does it, and the URL.

    `DB_HOST`, `DB_PORT`, `DB_USER` or `DB_NAME` name one; what they leave open comes from the other layers, then from
    the platform's defaults. `DB_PASSWORD` alone names none. Raises InvalidInput `invalid_database_url`.
    """
    for layer in layers:
        for name in _URLS:
            if text := layer.get(name):
                return layer, name, DatabaseUrl.parse(text, source=f"{layer.origin} {name}")
        if name := next(filter(layer.get, _PARTS.values()), ""):
            return layer, name, _of_parts(layers, source=f"{layer.origin} {name}")
    return None


def direct_url(layer: Layer) -> DatabaseUrl | None:
    """The way around a transaction pooler to the same database; hence asked of the layer that named the database."""
    name = "SENTINAI_DIRECT_URL"
    text = layer.get(name)
    return DatabaseUrl.parse(text, source=f"{layer.origin} {name}") if text else None


def _of_parts(layers: tuple[Layer, ...], *, source: str) -> DatabaseUrl:
    def first(name: str) -> str | None:
        return next((value for layer in layers if (value := layer.get(name))), None)

    parts = {part: first(name) or _DEFAULTS[part] for part, name in _PARTS.items()}
    return DatabaseUrl.of_parts(**parts, password=first("DB_PASSWORD"), source=source)


def _dotenv(path: Path) -> dict[str, str]:
    from dotenv.parser import parse_stream

    text = read_if_there(path, origin=".env")
    found: dict[str, str] = {}
    for binding in parse_stream(StringIO(text or "")):
        if binding.error and any(prefix in binding.original.string for prefix in ("SENTINAI_", "DATABASE_URL", "DB_")):
            line = binding.original.line
            raise InvalidInput("invalid_dotenv", f".env is malformed at line {line}", why="an open quote or no '='")
        if binding.key is not None and binding.value is not None:
            found[binding.key] = binding.value
    return found
