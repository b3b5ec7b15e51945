"""Everything that one pair of packs decides about an exception."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.reading import Reading
from sentinai_cli.packs import overlay
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.reading import reading_of, reading_of_type
from sentinai_cli.packs.severity import SeverityPolicy


@dataclass(frozen=True, slots=True)
class Outcome:
    """`playbook_id` None: no playbook applies. `known` is False for a type that the domain pack does not have."""

    severity: Severity
    approval_required: bool
    playbook_id: str | None
    known: bool = True


class Judgement:
    """Judges by one pair of packs. Build it once and keep it: it compiles every condition.

    `reading` names what of an exception is looked at: exceptions that are equal in that are judged alike.
    """

    def __init__(self, domain_pack: DomainPack, policy_pack: PolicyPack | None) -> None:
        self.domain_pack = domain_pack
        self.policy_pack = policy_pack
        self.severity_policy = SeverityPolicy(domain_pack, policy_pack)
        self.reading: Reading = reading_of(domain_pack)
        self.reading_of = cache(self._reading_of)
        self._playbook = cache(lambda kind: overlay.playbook_for(domain_pack, policy_pack, kind))
        self._approval = cache(lambda severity: overlay.approval_required(domain_pack, policy_pack, severity))

    def judge(self, facts: Facts) -> Outcome:
        """What is decided about one exception."""
        severity = self.severity_policy.severity(facts)
        playbook = self._playbook(facts.exception_type)
        return Outcome(
            severity=severity,
            approval_required=self._approval(severity),
            playbook_id=playbook.playbook_id if playbook else None,
            known=facts.exception_type in self.domain_pack.exception_types,
        )

    def says(self, exception_type: str) -> Hashable:
        """Everything that decides about a type; judgements that say the same judge its exceptions alike."""
        playbook = self._playbook(exception_type)
        return (
            self.severity_policy.says(exception_type),
            tuple(self._approval(severity) for severity in Severity),
            playbook.playbook_id if playbook else None,
            exception_type in self.domain_pack.exception_types,
        )

    def _reading_of(self, exception_type: str) -> Reading:
        """What is looked at of exceptions of one type: nothing where the tenant overrides it."""
        if self.severity_policy.is_overridden(exception_type):
            return Reading()
        return reading_of_type(self.domain_pack, exception_type)
