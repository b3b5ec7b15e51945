"""psql on a target: what to run, with the password where no process list shows it."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sentinai_cli.db.program_environment import client_environment
from sentinai_cli.models.database_url import DatabaseUrl


def psql_command(
    psql: Path, url: DatabaseUrl, *, private: bool, environ: Mapping[str, str] = os.environ
) -> tuple[list[str], dict[str, str]]:
    """The arguments and the environment of psql on `url`. Other secrets than the password cannot be handed over.

    `private` is for the embedded server: `PG*` variables of the surroundings mean some other server.
    """
    variables = client_environment(environ) if private else dict(environ)
    if url.password is not None:
        variables["PGPASSWORD"] = url.password
    options = {name: value for name, value in url.options.items() if value not in url.secrets}
    return [str(psql), replace(url, password=None, options=options).text], variables
