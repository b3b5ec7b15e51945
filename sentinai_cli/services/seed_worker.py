"""Several processes that each load a share of a run's blocks; this one is the first of them.

Each other one holds one end of a pipe and nothing of the others', so that it ends by itself when the parent is gone.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from sentinai_cli.errors import Unavailable
from sentinai_cli.services.seed_load import Loaded, Report, SeedJob, load_blocks

_WORTH_A_WORKER = 4
"""Blocks; a process needs half a second to start."""
_PATIENCE = 10.0


def workers_for(blocks: int, asked: int | None) -> int:
    """How many processes load so many blocks: as many as were asked for, else one for each core, as far as it pays."""
    if asked is not None:
        return max(1, min(asked, blocks))
    return max(1, min(_cores(), blocks // _WORTH_A_WORKER))


def load(job: SeedJob, workers: int, report: Report) -> None:
    """Load the whole plan: a share of the blocks in this process, the others in as many more as there are workers."""
    with _started(job, workers) as pipes:

        def hear(timeout: float | None) -> None:
            for pipe in wait(pipes, timeout):
                assert isinstance(pipe, Connection)
                if not _hear(pipe, report):
                    pipes.remove(pipe)

        def own(done: Loaded) -> None:
            report(done)
            hear(0)

        load_blocks(job, range(0, job.blocks, workers), own)
        while pipes:
            hear(None)


@contextmanager
def _started(job: SeedJob, workers: int) -> Iterator[list[Connection]]:
    context = get_context("spawn")
    processes: list[SpawnProcess] = []
    pipes: list[Connection] = []
    try:
        for share in range(1, workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(job, range(share, job.blocks, workers), theirs), daemon=True)
            process.start()
            theirs.close()
            processes.append(process)
            pipes.append(ours)
        yield list(pipes)
    except BaseException:
        for process in processes:
            process.terminate()
        raise
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(_PATIENCE)


def _hear(pipe: Connection, report: Report) -> bool:
    """Take one message; False after the last."""
    try:
        message = pipe.recv()
    except EOFError:
        raise Unavailable("seed_worker_lost", "a worker ended before its work did", fix="sentinai seed") from None
    if isinstance(message, Exception):
        raise message
    if isinstance(message, Loaded):
        report(message)
        return True
    return False


def _work(job: SeedJob, blocks: range, pipe: Connection) -> None:
    """What a worker does. Ctrl-C reaches it too, and is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        load_blocks(job, blocks, pipe.send)
        pipe.send(None)
    except BrokenPipeError:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it
        pipe.send(error)
    finally:
        job.database.close()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
