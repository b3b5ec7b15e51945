"""Waiting for a database to take connections."""

import time
from collections.abc import Callable

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import NotFound, Unavailable
from sentinai_cli.models.wait import WaitResult

_PAUSE = 0.25
_ATTEMPT = 2.0
"""How long one attempt may take: a black-holed address must not swallow the whole time. libpq takes no less."""


def wait_until_ready(database: Database, *, timeout: float, say: Callable[[str], None]) -> WaitResult:
    """Return when the database answers a query; `timeout` is in seconds, and there is at least one attempt.

    Raises Unavailable `not_ready` after that, and at once what waiting does not heal, such as a refused login.
    """
    began = time.monotonic()
    told = False
    while True:
        try:
            with database.direct(deadline=_ATTEMPT) as connection:
                connection.execute("SELECT 1")
                version = (connection.info.parameter_status("server_version") or "unknown").split()[0]
                return WaitResult(
                    database=database.url.shown,
                    server_version=version,
                    waited_seconds=round(time.monotonic() - began, 3),
                )
        except (Unavailable, NotFound) as error:
            if time.monotonic() - began + _PAUSE > timeout:
                raise Unavailable(
                    "not_ready",
                    f"{database.url.shown} is not ready after {timeout:g} seconds",
                    why=f"{error.what}: {error.why}" if error.why else error.what,
                    fix=error.fix,
                ) from None
            if not told:
                say(f"waiting for {database.url.shown}: {error.why or error.what}")
                told = True
        time.sleep(_PAUSE)
