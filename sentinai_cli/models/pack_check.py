"""What validating a pack file found."""

from sentinai_cli.models.base import Model
from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.models.pack_suite import SuiteResult
from sentinai_cli.models.pack_version import PackKind


class PackCheck(Model):
    """`valid` means no findings and no failed test case. `kind`, `name` and `checksum` are None when unreadable."""

    source: str
    valid: bool
    kind: PackKind | None
    name: str | None
    checksum: str | None
    findings: tuple[Finding, ...]
    suites: tuple[SuiteResult, ...]
