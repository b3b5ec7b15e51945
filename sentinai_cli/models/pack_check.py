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


class PackTest(Model):
    """A stored domain pack's own suites, run. `policy_pack` is what was laid over it, if anything."""

    reference: str
    policy_pack: str | None
    passed: int
    failed: int
    suites: tuple[SuiteResult, ...]


class PackSchema(Model):
    """The JSON Schema of a kind of pack file in its canonical spelling; the other dialect is read too."""

    kind: PackKind
    document: dict[str, object]
