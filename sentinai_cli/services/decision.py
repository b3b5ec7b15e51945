"""What one tenant's active packs decide, for whoever generates or judges records."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import orjson

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.reading import Reading
from sentinai_cli.packs import overlay
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.reading import reading_of_type
from sentinai_cli.packs.severity import SeverityPolicy
from sentinai_cli.seeding.decision import PlaybookRef

REMEMBERED = 1 << 15
"""How many vectors are remembered; beyond that each is decided anew, so that memory does not grow with the count."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A severity and who decided it."""

    severity: Severity
    layer: str
    rule: str | None


class PackDecisions:
    """seeding.decision.Decisions over one pair of packs; compiles every condition once.

    A severity is decided once for all records that agree in what the rules of their type look at, unless somebody
    else sees to that: `remembers` False.
    """

    def __init__(self, domain_pack: DomainPack, policy_pack: PolicyPack | None, *, remembers: bool = True) -> None:
        self._severity = SeverityPolicy(domain_pack, policy_pack)
        self._remembers = remembers
        self._reading = cache(lambda kind: reading_of_type(domain_pack, kind))
        self._known: dict[object, Ruling] = {}
        self._playbook = cache(lambda kind: overlay.playbook_for(domain_pack, policy_pack, kind))
        self._approval = cache(lambda severity: overlay.approval_required(domain_pack, policy_pack, severity))

    def reading(self, exception_type: str) -> Reading:
        """What the rules look at of a type."""
        return self._reading(exception_type)

    def severity(
        self,
        *,
        exception_type: str,
        source_system: str,
        amount: Decimal | None,
        raw_payload: dict[str, object],
        context: dict[str, object],
    ) -> Ruling:
        """The effective severity of a record."""
        if not self._remembers:
            return self._ruled(Facts(exception_type, source_system, amount, raw_payload, context))
        reading = self._reading(exception_type)
        facts = Facts(
            exception_type=exception_type,
            source_system=source_system if reading.source_system else "",
            amount=amount if reading.amount else None,
            raw_payload=_looked_at(raw_payload, reading.raw_payload),
            context=_looked_at(context, reading.context),
        )
        # As text: the bytes that orjson returns keep its whole buffer alive, 4 KiB each.
        documents = orjson.dumps((facts.raw_payload, facts.context), option=orjson.OPT_SORT_KEYS).decode()
        vector = exception_type, facts.source_system, facts.amount, documents
        known = self._known.get(vector)
        if known is None:
            known = self._ruled(facts)
            if len(self._known) < REMEMBERED:
                self._known[vector] = known
        return known

    def playbook(self, exception_type: str) -> PlaybookRef | None:
        """The playbook that applies to a type, if any."""
        found = self._playbook(exception_type)
        if found is None:
            return None
        return PlaybookRef(playbook_id=found.playbook_id, steps=tuple(step.action for step in found.steps))

    def approval_required(self, severity: Severity) -> bool:
        """Whether a person must approve."""
        return self._approval(severity)

    def _ruled(self, facts: Facts) -> Ruling:
        severity, layer, rule = self._severity.ruled(facts)
        return Ruling(severity, layer.value, rule)


def _looked_at(document: dict[str, object], members: frozenset[str] | None) -> Mapping[str, object]:
    if members is None:
        return document
    return {name: document[name] for name in members if name in document}
