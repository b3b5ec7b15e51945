"""Stored packs: immutable versions, how they are referred to, and which pair is active for a tenant."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.pack_impact import PackImpact
from sentinai_cli.models.result import ListResult, Page

_REFERENCE = re.compile(
    r"(?P<kind>domain|policy):(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]{0,127})(@(?P<version>[1-9]\d{0,8}))?"
)


class PackKind(StrEnum):
    DOMAIN = "domain"
    POLICY = "policy"


class PackReference(Model):
    """`name` is a domain or, for a policy pack, a tenant id. Without a version: the active or else the newest."""

    kind: PackKind
    name: str
    version: int | None = None

    @classmethod
    def parse(cls, text: str) -> "PackReference":
        """Read `domain:Finance@3` or `policy:TENANT_FINANCE_001`. Raises InvalidInput."""
        found = _REFERENCE.fullmatch(text)
        if found is None:
            raise InvalidInput(
                "invalid_pack_reference",
                f"{text[:80]!r} is not a pack reference",
                why="write domain:NAME or policy:TENANT, with @VERSION for one version: domain:Finance@3",
                fix="sentinai packs list",
            )
        version = found["version"]
        return cls(kind=PackKind(found["kind"]), name=found["name"], version=None if version is None else int(version))

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" + ("" if self.version is None else f"@{self.version}")


class DomainPackVersion(Model):
    """A stored domain pack. `pack_json` is the canonical document that `checksum` covers."""

    domain: str
    version: int
    pack_json: dict[str, object]
    checksum: str
    created_at: Moment
    created_by: str
    note: str | None


class PolicyPackVersion(Model):
    """A stored policy pack of one tenant. `pack_json` is the canonical document that `checksum` covers."""

    tenant_id: str
    version: int
    domain: str
    pack_json: dict[str, object]
    checksum: str
    created_at: Moment
    created_by: str
    note: str | None


class PackVersion(Model):
    """One stored version. `checksum` is SHA-256 over the canonical pack, hex; `active_for` lists tenants."""

    reference: str
    kind: PackKind
    name: str
    version: int
    domain: str
    checksum: str
    active_for: tuple[str, ...]
    created_at: Moment
    created_by: str
    note: str | None


class PackVersionList(ListResult[PackVersion]):
    """Pack versions: domain packs first, by name, the newest version first."""


class PackDocument(PackVersion):
    """A version with its content: the canonical pack, secrets masked."""

    pack: dict[str, object]


class PackActivation(Model):
    """The pair that decides for a tenant since `activated_at`. `no` counts the tenant's activations from 1."""

    tenant_id: str
    no: int
    domain: str
    domain_version: int
    policy_version: int | None
    activated_at: Moment
    activated_by: str
    reason: str | None


class PackActivationList(ListResult[PackActivation]):
    """Activations by tenant, the newest first: the first of each tenant is the active pair."""


class PackActivated(Model):
    """`changed` is False when that pair was active already."""

    changed: bool
    activation: PackActivation
    previous: PackActivation | None


class PackActivatedList(ListResult[PackActivated]):
    """One activation a tenant. `impact` is what was shown before; None when nothing was active that could change."""

    impact: PackImpact | None = None

    @classmethod
    def of(cls, activated: Iterable[PackActivated], impact: PackImpact) -> Self:
        """The activations, with the impact that was shown before them."""
        listed = tuple(activated)
        return cls(items=listed, page=Page.of_all(len(listed)), impact=impact)


class PackImported(Model):
    """`imported` is False when the content equals `version` already stored and nothing changed.

    A dry run says what would happen: nothing is stored, `version` is the number it would get. `failing_tests` of the
    pack's own cases fail and were allowed to. `activated` and `impact` are of an import that activates.
    """

    imported: bool
    reference: str
    kind: PackKind
    version: int
    checksum: str
    source: str
    dry_run: bool = False
    failing_tests: int = 0
    activated: tuple[PackActivated, ...] = ()
    impact: PackImpact | None = None
