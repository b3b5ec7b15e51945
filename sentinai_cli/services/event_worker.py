"""Verifying ranges in several processes that all see one snapshot; this one works along with them."""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context

from sentinai_cli.db.engine import Database
from sentinai_cli.db.event_reader import ChainRange
from sentinai_cli.db.work import Work
from sentinai_cli.errors import SentinaiError, Unavailable
from sentinai_cli.models.scope import Scope
from sentinai_cli.services.event_range import How, RangeCheck, check_range

_AHEAD = 2
"""Ranges that wait for each process, so that none idles while this one is busy."""


class _Worker:
    """What a process was started with."""

    database: Database
    scope: Scope
    snapshot: str
    how: How


def check_ranges(
    database: Database, work: Work, ranges: Sequence[ChainRange], how: How, *, workers: int
) -> Iterator[tuple[int, RangeCheck]]:
    """Each range's number and result, in any order. `work` must last until the end.

    Raises what reading raises, and Unavailable when a process is lost.
    """
    numbered = iter(enumerate(ranges))
    if workers == 1:
        yield from ((number, check_range(work, wanted, how)) for number, wanted in numbered)
        return
    start = partial(_start, database, work.scope, work.event_chains.export_snapshot(), how)
    # Spawned, not forked: this process has threads and open connections.
    pool = ProcessPoolExecutor(workers - 1, mp_context=get_context("spawn"), initializer=start)
    try:
        pending: dict[Future[RangeCheck | SentinaiError], int] = {}
        while True:
            while len(pending) < _AHEAD * (workers - 1) and (following := next(numbered, None)):
                pending[pool.submit(_check, following[1])] = following[0]
            own = next(numbered, None)
            if own is not None:
                yield own[0], check_range(work, own[1], how)
            elif not pending:
                return
            done = wait(pending, timeout=0 if own else None, return_when=FIRST_COMPLETED).done
            for future in done:
                yield pending.pop(future), _result(future)
    except BrokenProcessPool as error:
        raise Unavailable(
            "worker_lost", "a process of this command ended", why=str(error), fix="sentinai events verify --workers 1"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _result(future: Future[RangeCheck | SentinaiError]) -> RangeCheck:
    result = future.result()
    if isinstance(result, SentinaiError):
        raise result
    return result


def _start(database: Database, scope: Scope, snapshot: str, how: How) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal interrupts all; the first process tells the others
    _Worker.database, _Worker.scope, _Worker.snapshot, _Worker.how = database, scope, snapshot, how


def _check(wanted: ChainRange) -> RangeCheck | SentinaiError:
    try:
        with _Worker.database.begin(_Worker.scope, read_only=True, snapshot=_Worker.snapshot) as work:
            return check_range(work, wanted, _Worker.how)
    except SentinaiError as error:
        return error
