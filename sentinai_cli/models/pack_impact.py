"""What a pack would change about the exceptions that are stored."""

from enum import StrEnum

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult


class ImpactVerdict(StrEnum):
    """None: every exception is decided as it is. Breaking: some are decided less strictly. Compatible: neither."""

    NONE = "none"
    COMPATIBLE = "compatible"
    BREAKING = "breaking"


class Decided(StrEnum):
    """What may change about an exception. Type: the domain pack knows it, or knows it no longer."""

    SEVERITY = "severity"
    APPROVAL = "approval"
    PLAYBOOK = "playbook"
    TYPE = "type"


class ImpactChange(Model):
    """`count` exceptions of one tenant and type that would be decided otherwise; `sample_ids` are a few of them.

    `breaking`: a lower severity, an approval or a playbook less, or a type that is no longer known.
    """

    tenant_id: str
    type: str
    what: Decided
    before: str | None
    after: str | None
    count: int
    breaking: bool
    sample_ids: tuple[str, ...]


class TenantImpact(Model):
    """One tenant: how many exceptions were judged, and how many change in which respect.

    `active_no` is the number of the activation that was compared with; None when nothing is active.
    """

    tenant_id: str
    active_no: int | None
    exceptions: int
    changed: int
    severity: int
    approval: int
    playbook: int
    verdict: ImpactVerdict


class PackImpact(ListResult[ImpactChange]):
    """What `pack` would change, compared with what is active now. Stored exceptions keep what was decided."""

    pack: str
    verdict: ImpactVerdict
    since: Moment | None
    exceptions: int
    changed: int
    tenants: tuple[TenantImpact, ...]
