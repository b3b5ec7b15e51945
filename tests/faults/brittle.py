"""A server of its own that may come to harm, and databases in it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.db.embedded.process import residents
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from tests.conftest import connect, context, quiet


@dataclass(frozen=True)
class Brittle:
    """`home` is that of an embedded server, which `start` brings up again after whatever became of it."""

    home: Path

    def start(self) -> DatabaseUrl:
        self._signal(signal.SIGCONT)
        return EmbeddedServer(self.home).ensure()

    def kill(self) -> None:
        """End every process of it at once, as a loss of power does."""
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """Let every process of it stand still, as a machine does whose disk is gone; `start` lets them go on."""
        self._signal(signal.SIGSTOP)

    @property
    def processes(self) -> list[int]:
        return list(residents(Layout.of(self.home).data))

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def stop(self) -> None:
        EmbeddedServer(self.home).stop()

    def make(self, *, template: str = "template0") -> DatabaseUrl:
        """A new database."""
        name = f"brittle_{uuid4().hex}"
        url = self.start()
        with connect(url) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return replace(url, database=name)

    def make_migrated(self) -> DatabaseUrl:
        url = self.make()
        database = Database(url, context=context(), private=True)
        upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
        database.close()
        return url

    @contextmanager
    def copy(self, url: DatabaseUrl) -> Iterator[DatabaseUrl]:
        """The same database once more, for as long as the block lasts."""
        made = self.make(template=str(url.database))
        try:
            yield made
        finally:
            with connect(self.start()) as admin:
                admin.execute(f"DROP DATABASE {made.database} WITH (FORCE)")
