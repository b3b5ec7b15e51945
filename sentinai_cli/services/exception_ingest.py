"""Ingesting exception records: read, checked, written chunk by chunk or in one. Repeating it changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import BinaryIO

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import InvalidInput, Partial
from sentinai_cli.models.exception_ingest import IngestFormat, IngestRequest, IngestResult
from sentinai_cli.models.ingest_candidate import Candidate
from sentinai_cli.models.ingested_record import Faulty
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.exception_ingest_check import Acceptance, rejections
from sentinai_cli.services.exception_ingest_json import json_document
from sentinai_cli.services.exception_ingest_new import ExceptionMaker
from sentinai_cli.services.exception_ingest_reject import RejectFile, reason_of
from sentinai_cli.services.exception_ingest_source import Piece, Source, json_lines
from sentinai_cli.services.exception_ingest_table import csv_records, tsv_records
from sentinai_cli.services.exception_ingest_tally import Tally
from sentinai_cli.services.exception_ingest_target import IngestTarget, find_target
from sentinai_cli.services.exception_ingest_write import Expected, IngestWriter, Written
from sentinai_cli.services.load_tuning import tuned_for_loading

CHUNK = 2048
"""Records in one transaction."""
LARGEST_CHUNK = 8 * 1024 * 1024
"""Bytes of records in one transaction."""
LISTED = 100
"""Problems that are listed when all is refused."""

Chunk = list[Candidate]


def ingest(
    database: Database,
    request: IngestRequest,
    stream: BinaryIO,
    *,
    now: datetime,
    rejects: RejectFile | None,
    advance: Callable[[int], None],
) -> IngestResult:
    """Ingest the records of `stream` for one tenant.

    New ones are created with the severity that the rules decide; changed ones are updated by an event; the others are
    left alone. Records that cannot be taken go to `rejects` and are counted, unless the request is atomic: then
    InvalidInput lists them and nothing is written. Otherwise each chunk is a transaction, and what was cut off is
    finished by the same call again. Raises what find_target raises, and InvalidInput for an input that is no text.
    """
    target = find_target(database, request)
    tally = Tally(request, rejects)
    run = _Run(database, request, target, tally, now)
    source = Source(stream, advance)
    chunks = _chunks(pieces_of(request, source), Acceptance(target.tenant_id, target.domain, target.pair, now), tally)
    with tuned_for_loading():
        if request.dry_run or request.atomic:
            run.in_one(chunks, source)
        else:
            run.in_several(chunks, source)
    return tally.result(source.sha256)


def require_complete(result: IngestResult) -> None:
    """Raise Partial when records were rejected."""
    if result.rejected:
        first = result.rejections[0]
        taken = result.read - result.rejected
        raise Partial(
            "ingest_incomplete",
            f"{result.rejected:,} of {result.read:,} records were rejected, {taken:,} taken",
            why=f"line {first.line}: {reason_of(first)}",
        )


def pieces_of(request: IngestRequest, source: Source) -> Iterator[Piece]:
    """The records of an input in its format."""
    match request.format:
        case IngestFormat.JSON:
            return json_document(source)
        case IngestFormat.JSONL:
            return json_lines(source)
        case IngestFormat.CSV:
            return csv_records(source, plain=request.plain_cells)
        case IngestFormat.TSV:
            return tsv_records(source, plain=request.plain_cells)


def _chunks(pieces: Iterable[Piece], acceptance: Acceptance, tally: Tally) -> Iterator[Chunk]:
    """Records that were taken, some at a time. An id that comes again with other contents begins the next chunk."""
    chunk: Chunk = []
    digests: dict[str, bytes] = {}
    size = 0
    for piece in pieces:
        try:
            record = acceptance.take(piece)
        except Faulty as error:
            tally.reject(rejections(piece, error), piece.text)
            continue
        name = record.record.exception_id
        if len(chunk) >= CHUNK or size >= LARGEST_CHUNK or digests.get(name, record.digest) != record.digest:
            yield chunk
            chunk, digests, size = [], {}, 0
        chunk.append(record)
        digests[name] = record.digest
        size += len(record.text)
    tally.ignored = acceptance.ignored
    if chunk:
        yield chunk


class _Run:
    """One ingest on its way. While a chunk is written the next one is read, and made ready if it seems to be new."""

    def __init__(
        self, database: Database, request: IngestRequest, target: IngestTarget, tally: Tally, now: datetime
    ) -> None:
        self._database = database
        self._request = request
        self._target = target
        self._tally = tally
        self._writer = IngestWriter(target.tenant_id, ExceptionMaker(target.tenant_id, target.pair), now)
        self._scope = TenantScope(target.tenant_id)

    def in_one(self, chunks: Iterator[Chunk], source: Source) -> None:
        """Everything in one transaction, which only reads if it is a dry run."""
        request, tally, dry_run = self._request, self._tally, self._request.dry_run
        scope = AllTenants() if self._target.missing else self._scope
        with self._database.begin(scope, read_only=dry_run) as work:
            if self._target.missing:
                tally.tenant_created = dry_run or self._target.make(work)
            wanted = (chunk for chunk in chunks if not (request.atomic and tally.rejected))
            self._overlapped(wanted, partial(self._writer.write, work, dry_run=dry_run), ahead=not dry_run)
            if request.atomic and tally.rejected:
                raise _refused(tally)
            if not dry_run:
                self._journal(work, source)

    def in_several(self, chunks: Iterator[Chunk], source: Source) -> None:
        """A transaction for each chunk. The journal has the first one that changed something, and the whole."""
        ahead = list(islice(chunks, 2))
        if self._target.missing:
            if not ahead:
                return  # there is nothing to make a tenant for
            with self._database.begin(AllTenants()) as work:
                self._tally.tenant_created = self._target.make(work)
        if len(ahead) == 2:
            self._overlapped(chain(ahead, chunks), self._write, ahead=True)
            ahead = []
        with self._database.begin(self._scope) as work:
            for chunk in ahead:
                self._tally.settle(self._writer.write(work, chunk))
            self._journal(work, source)

    def _write(self, chunk: Chunk, expected: Expected | None) -> Written:
        with self._database.begin(self._scope) as work:
            written = self._writer.write(work, chunk, expected)
            if (written.created or written.updated) and self._tally.begin():
                counts: dict[str, object] = {"created": written.created, "updated": written.updated}
                work.record(tenant_id=self._scope.tenant_id, after={"ingest": "begun", **counts})
            return written

    def _overlapped(
        self, chunks: Iterable[Chunk], write: Callable[[Chunk, Expected | None], Written], *, ahead: bool
    ) -> None:
        with ThreadPoolExecutor(1) as beside:
            pending: Future[Written] | None = None
            for chunk in chunks:
                expected = self._writer.expect(chunk) if ahead and self._tally.seem_new else None
                if pending is not None:
                    self._tally.settle(pending.result())
                pending = beside.submit(write, chunk, expected)
            if pending is not None:
                self._tally.settle(pending.result())

    def _journal(self, work: Work, source: Source) -> None:
        tally = self._tally
        outcome = Outcome.DONE if tally.created or tally.updated else Outcome.UNCHANGED
        work.record(outcome, tenant_id=self._scope.tenant_id, after={"ingest": "whole", **tally.counts(source.sha256)})


def _refused(tally: Tally) -> InvalidInput:
    lines = [f"line {one.line}: {reason_of(one)}" for one in tally.rejections[:LISTED]]
    if tally.rejected > len(lines):
        lines.append(f"and {tally.rejected - len(lines):,} more")
    what = f"{tally.rejected:,} of {tally.read:,} records cannot be taken; nothing was written"
    return InvalidInput("ingest_refused", what, why="\n".join(lines))
