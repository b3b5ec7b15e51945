"""A process that ingests JSON lines until it is killed: `python -m tests.services.ingest_victim URL FILE CHUNK`."""

import sys
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.services import exception_ingest
from tests.conftest import context
from tests.services.ingest import take

if __name__ == "__main__":
    text, file, chunk = sys.argv[1:]
    exception_ingest.CHUNK = int(chunk)
    database = Database(DatabaseUrl.parse(text, source="the test"), context=context("exceptions ingest"))
    take(database, Path(file).read_bytes())
