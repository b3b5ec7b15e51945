"""What became of an ingest's records so far."""

from collections.abc import Sequence

from sentinai_cli.models.exception_ingest import (
    SHOWN,
    IgnoredField,
    IngestRequest,
    IngestResult,
    Rejection,
    SeverityDifference,
)
from sentinai_cli.services.exception_ingest_check import rejections_of
from sentinai_cli.services.exception_ingest_reject import RejectFile
from sentinai_cli.services.exception_ingest_write import Written

REMEMBERED = 100
"""Rejected records of which one fault each is kept."""


class Tally:
    """Counts; of rejections and differences it keeps the first few, all rejections go to the file.

    `seem_new` is what may be expected of the next records, by those that came last.
    """

    def __init__(self, request: IngestRequest, rejects: RejectFile | None) -> None:
        self._request = request
        self._rejects = rejects
        self._begun = False
        self.seem_new = True
        self.tenant_created = False
        self.created = self.updated = self.unchanged = self.rejected = self.severity_differs = 0
        self.rejections: list[Rejection] = []
        self.differences: list[SeverityDifference] = []
        self.ignored: dict[str, int] = {}

    @property
    def read(self) -> int:
        """Records that were read, and of which it is known what became of them."""
        return self.created + self.updated + self.unchanged + self.rejected

    def begin(self) -> bool:
        """True the first time."""
        first, self._begun = not self._begun, True
        return first

    def reject(self, faults: Sequence[Rejection], text: bytes) -> None:
        """One record is not taken."""
        self.rejected += 1
        if len(self.rejections) < REMEMBERED:
            self.rejections.append(faults[0])
        if self._rejects is not None:
            self._rejects.add(faults, text)

    def settle(self, written: Written) -> None:
        """A chunk was written."""
        self.seem_new = written.created > written.updated + written.unchanged
        self.created += written.created
        self.updated += written.updated
        self.unchanged += written.unchanged
        self.severity_differs += len(written.differences)
        self.differences += written.differences[: SHOWN - len(self.differences)]
        for one, fault in written.refused:
            self.reject(rejections_of(one.line, one.record.exception_id, (fault,)), one.text)

    def counts(self, sha256: str) -> dict[str, object]:
        """For the journal."""
        names = ("created", "updated", "unchanged", "rejected", "severity_differs")
        return {**{name: getattr(self, name) for name in names}, "input_sha256": sha256}

    def result(self, sha256: str) -> IngestResult:
        """All of it."""
        request = self._request
        return IngestResult(
            tenant_id=request.tenant_id,
            source=request.source,
            format=request.format,
            dry_run=request.dry_run,
            tenant_created=self.tenant_created,
            read=self.read,
            created=self.created,
            updated=self.updated,
            unchanged=self.unchanged,
            rejected=self.rejected,
            severity_differs=self.severity_differs,
            rejects_file=str(self._rejects.path) if self._rejects is not None and self._rejects.path else None,
            input_sha256=sha256,
            rejections=tuple(self.rejections[:SHOWN]),
            severity_differences=tuple(self.differences),
            ignored=tuple(IgnoredField(name=name, records=count) for name, count in sorted(self.ignored.items())),
        )
