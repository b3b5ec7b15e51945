"""Ingesting records: what is asked for, and what came of it."""

from enum import StrEnum

from sentinai_cli.models.base import Model
from sentinai_cli.models.exception import Severity

LARGEST_RECORD = 1024 * 1024
"""Bytes of one record as it is read."""
SHOWN = 20
"""Rejected records that a result holds; the rejects file has all of them."""


class IngestFormat(StrEnum):
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"


class IngestRequest(Model):
    """`source` is what the input is called. `domain` says of which domain an unknown tenant is, for `create_tenant`.

    `plain_cells` takes the cells of CSV and TSV as they are, else a backslash begins an escape, as export writes it.
    """

    tenant_id: str
    source: str
    format: IngestFormat
    plain_cells: bool = False
    atomic: bool = False
    dry_run: bool = False
    create_tenant: bool = False
    domain: str | None = None


class Rejection(Model):
    """One record that was not taken. `line` counts from 1 in the input, `pointer` is a JSON pointer into the record."""

    line: int
    exception_id: str | None
    code: str
    pointer: str
    reason: str


class SeverityDifference(Model):
    """A new exception whose source says another severity than the rules do, which is the one it has."""

    line: int
    exception_id: str
    given: Severity
    decided: Severity


class IgnoredField(Model):
    """A known field that is not taken, and in how many records it stood."""

    name: str
    records: int


class IngestResult(Model):
    """What became of the records; of a dry run, what would. `read` is the sum of the four that follow.

    `severity_differs` counts new ones; of those and of rejections the first few are listed. `input_sha256` is that of
    the bytes that were read.
    """

    tenant_id: str
    source: str
    format: IngestFormat
    dry_run: bool
    tenant_created: bool
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    severity_differs: int
    rejects_file: str | None
    input_sha256: str
    rejections: tuple[Rejection, ...]
    severity_differences: tuple[SeverityDifference, ...]
    ignored: tuple[IgnoredField, ...]
