"""The embedded server where there is none: every question about it is refused with the way out."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from sentinai_cli.errors import Refused
from sentinai_cli.models.database import EmbeddedStatus
from sentinai_cli.models.database_url import DatabaseUrl


class EmbeddedServer:
    """Has the shape of the real one. Every method raises Refused `embedded_unsupported_platform`."""

    def __init__(
        self,
        home: Path,
        *,
        os_user: str | None = None,
        pg_bin: Path | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """Takes what the real one takes and keeps none of it."""

    def ensure(self) -> DatabaseUrl:
        _refuse()

    def url(self) -> DatabaseUrl | None:
        _refuse()

    def stop(self) -> bool:
        _refuse()

    def status(self) -> EmbeddedStatus:
        _refuse()

    def log_path(self) -> Path:
        _refuse()

    def binary(self, name: str) -> Path:
        _refuse()


def _refuse() -> NoReturn:
    raise Refused(
        "embedded_unsupported_platform",
        "the embedded server runs on Linux and macOS only",
        why="it rests on Unix sockets, file locks and peer authentication",
        fix="set SENTINAI_DATABASE_URL=postgresql://USER@HOST:5432/DATABASE",
    )
