"""What PostgreSQL's programs and libpq may see of the environment: nothing that redirects or changes them."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""The library paths, because a PostgreSQL named by SENTINAI_PG_BIN may need them."""
_guard = threading.RLock()


def server_environment() -> dict[str, str]:
    """The whole environment of initdb and the server: the same cluster comes out under every caller's locale."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {"LC_ALL": "C", "TZ": "UTC"}


def client_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without libpq's variables, for psql, pg_dump and the like that talk to the embedded server."""
    return {name: value for name, value in environ.items() if not name.startswith("PG")}


@contextmanager
def without_libpq_variables() -> Iterator[None]:
    """Hide `PG*` variables of this process while connecting; no keyword can undo PGSERVICE. One thread at a time."""
    with _guard:
        hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PG")}
        try:
            yield
        finally:
            os.environ.update(hidden)
