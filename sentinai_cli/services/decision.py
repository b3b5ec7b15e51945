"""What one tenant's active packs decide, for whoever generates or judges records."""

from decimal import Decimal
from functools import cache

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.severity_decision import SeverityDecision
from sentinai_cli.packs import overlay
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.severity import SeverityPolicy
from sentinai_cli.seeding.decision import PlaybookRef


class PackDecisions:
    """seeding.decision.Decisions over one pair of packs; compiles every condition once."""

    def __init__(self, domain_pack: DomainPack, policy_pack: PolicyPack | None) -> None:
        self._severity = SeverityPolicy(domain_pack, policy_pack)
        self._playbook = cache(lambda kind: overlay.playbook_for(domain_pack, policy_pack, kind))
        self._approval = cache(lambda severity: overlay.approval_required(domain_pack, policy_pack, severity))

    def severity(
        self,
        *,
        exception_type: str,
        source_system: str,
        amount: Decimal | None,
        raw_payload: dict[str, object],
        context: dict[str, object],
    ) -> SeverityDecision:
        """The effective severity of a record."""
        return self._severity.decide(
            Facts(
                exception_type=exception_type,
                source_system=source_system,
                amount=amount,
                raw_payload=raw_payload,
                context=context,
            )
        )

    def playbook(self, exception_type: str) -> PlaybookRef | None:
        """The playbook that applies to a type, if any."""
        found = self._playbook(exception_type)
        if found is None:
            return None
        return PlaybookRef(playbook_id=found.playbook_id, steps=tuple(step.action for step in found.steps))

    def approval_required(self, severity: Severity) -> bool:
        """Whether a person must approve."""
        return self._approval(severity)
