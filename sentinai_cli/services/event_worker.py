"""Verifying ranges in several processes that all see one snapshot; this one works along with them."""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING

from sentinai_cli.db.engine import Database
from sentinai_cli.db.event_reader import ChainRange
from sentinai_cli.db.event_snapshot import EventSnapshot
from sentinai_cli.errors import SentinaiError, Unavailable
from sentinai_cli.services.event_range import How, RangeCheck, glance

if TYPE_CHECKING:  # the other processes import this module too
    from sentinai_cli.db.work import Work

_AHEAD = 2
"""Ranges that wait for each process, so that none idles while this one is busy."""


class _Worker:
    """What a process was started with."""

    log: EventSnapshot
    how: How


def check_ranges(
    database: Database, work: "Work", ranges: Sequence[ChainRange], how: How, *, workers: int
) -> Iterator[tuple[int, RangeCheck]]:
    """Each range's number and result, in any order. `work` must last until the end.

    Raises what reading raises, and Unavailable when a process is lost.
    """
    numbered = iter(enumerate(ranges))
    if workers == 1:
        yield from ((number, _check(work, wanted, how)) for number, wanted in numbered)
        return
    log = EventSnapshot(database, work.scope, work.event_chains.export_snapshot())
    # Spawned, not forked: this process has threads and open connections.
    pool = ProcessPoolExecutor(workers - 1, mp_context=get_context("spawn"), initializer=_start, initargs=(log, how))
    pending: dict[Future[RangeCheck | SentinaiError], int] = {}
    try:
        while True:
            while len(pending) < _AHEAD * (workers - 1) and (following := next(numbered, None)):
                pending[pool.submit(_check_elsewhere, following[1])] = following[0]
            own = next(numbered, None)
            if own is not None:
                yield own[0], _check(work, own[1], how)
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
        pool.shutdown(wait=bool(pending), cancel_futures=True)  # what has nothing to do ends beside what follows


def _result(future: Future[RangeCheck | SentinaiError]) -> RangeCheck:
    result = future.result()
    if isinstance(result, SentinaiError):
        raise result
    return result


def _start(log: EventSnapshot, how: How) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal interrupts all; the first process tells the others
    _Worker.log, _Worker.how = log, how


def _check(work: "Work", wanted: ChainRange, how: How) -> RangeCheck:
    seen = None if how.folded else glance(work.event_chains.reader, wanted, since_seal=how.since_seal)
    return seen or _check_closely(work, wanted, how)


def _check_elsewhere(wanted: ChainRange) -> RangeCheck | SentinaiError:
    """The same in another process, which does without SQLAlchemy as long as nothing is broken."""
    log, how = _Worker.log, _Worker.how
    try:
        if not how.folded:
            with log.read() as reader:
                seen = glance(reader, wanted, since_seal=how.since_seal)
            if seen is not None:
                return seen
        with log.database.begin(log.scope, read_only=True, snapshot=log.snapshot) as work:
            return _check_closely(work, wanted, how)
    except SentinaiError as error:
        return error


def _check_closely(work: "Work", wanted: ChainRange, how: How) -> RangeCheck:
    from sentinai_cli.services.event_range_closely import look_closely  # here: it takes long to import

    return look_closely(work, wanted, how)
