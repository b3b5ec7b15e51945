"""A connection that does not wait for ever for a server that has fallen silent.

Keepalives and TCP's own timeouts ask the next hop, which may be a proxy that answers for a server it has lost. So
whoever has waited long asks the server itself, over a second connection.
"""

import math
import select
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from psycopg.waiting import Wait

from sentinai_cli.errors import SentinaiError

Result = TypeVar("Result")

_GRACE = 1.0
"""Seconds for what the server has sent while it was being asked."""
_OWN_PID = "SELECT pg_backend_pid()"
_WAITS_FOR_US = """
    SELECT coalesce(wait_event IN ('ClientRead', 'ClientWrite'), false) FROM pg_stat_activity WHERE pid = %s
"""


class WatchedConnection(psycopg.Connection[TupleRow]):
    """Once `watch` was called, waiting for a server that is found lost ends in psycopg's OperationalError."""

    _patience = math.inf
    _is_lost: Callable[[], bool]
    _given_up: str | None = None
    _interrupted = False

    def watch(self, patience: float, is_lost: Callable[[], bool]) -> None:
        """Call `is_lost` after each `patience` seconds without a sign of the server, and give up when it is."""
        self._patience = patience
        self._is_lost = is_lost

    def wait(self, gen: Generator[Any, Any, Result], *limits: Any, **named: Any) -> Result:
        """As psycopg's own, through which every exchange with the server goes."""
        try:
            wanted = next(gen)
            return super().wait(self._watched(gen, wanted), *limits, **named)
        except StopIteration as end:  # nothing to wait for, as with most rows of a COPY
            result: Result = end.value
            return result
        except KeyboardInterrupt:
            self._interrupted = True
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # nobody is left to read its answer
                with suppress(psycopg.Error):
                    self.cancel_safe(timeout=_GRACE)
                self.pgconn.finish()
            raise

    def rollback(self) -> None:
        """As psycopg's own, but what it says of a closed connection never hides why that was closed."""
        if self._given_up:
            raise psycopg.OperationalError(self._given_up)
        if not (self._interrupted and self.closed):
            super().rollback()

    def _watched(self, gen: Generator[Any, Any, Result], wanted: Any) -> Generator[Any, Any, Result]:
        heard = time.monotonic()
        while True:
            ready = yield wanted
            if ready:
                heard = time.monotonic()
            elif time.monotonic() - heard >= self._patience:
                if self._is_lost() and not self._stirs(wanted):
                    self._given_up = f"the server has not answered for {self._patience:g} s"
                    self.pgconn.finish()  # or what cleans up behind us would wait as long again
                    raise psycopg.OperationalError(self._given_up)
                heard = time.monotonic()
            try:
                wanted = gen.send(ready)
            except StopIteration as end:
                result: Result = end.value
                return result

    def _stirs(self, wanted: Wait) -> bool:
        reading = [self] if wanted & Wait.R else []
        writing = [self] if wanted & Wait.W else []
        return any(select.select(reading, writing, [], _GRACE))


def is_lost(pid: int | None, connect: Callable[[], psycopg.Connection]) -> bool:
    """Whether the server process `pid`, or without any the server, will not answer; `connect` must end by itself.

    So it is when the server cannot be reached or is silent, when it has no such process, and when it says that the
    process waits for us, who wait for it. Behind a pooler, which makes up process ids, a server that answers is enough.
    """
    try:
        with connect() as connection:
            own = connection.execute(_OWN_PID).fetchone()
            row = connection.execute(_WAITS_FOR_US, [pid]).fetchone()
            if pid is None or own != (connection.info.backend_pid,):
                return False
            return row is None or row == (True,)
    except SentinaiError as error:
        return error.code == "database_unavailable"  # any other is what a living server said
    except psycopg.Error:
        return True
