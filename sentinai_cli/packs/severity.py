"""How severe an exception is: the tenant's override, else the highest matching rule, else the type's default."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.exception_type import SeverityRule
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.severity_decision import Layer, RuleTried, SeverityDecision
from sentinai_cli.packs.conditions import Condition, EvaluationError, Facts
from sentinai_cli.packs.member import Members, members_of_any, members_of_type
from sentinai_cli.packs.pointer import pointer
from sentinai_cli.packs.reading import concerns

LAST_RESORT = Severity.MEDIUM


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    condition: Condition
    severity: Severity

    def try_on(self, facts: Facts) -> RuleTried:
        outcome = self.condition.evaluate(facts)
        return RuleTried(
            rule=self.name,
            condition=self.condition.text,
            severity=self.severity,
            matched=outcome is True,
            reason=outcome.reason if isinstance(outcome, EvaluationError) else None,
        )


class SeverityPolicy:
    """Decides by one pair of packs. Build it once and keep it: it compiles every condition.

    Raises conditions.InvalidCondition for a pack that packs.check would have refused.
    """

    def __init__(self, domain_pack: DomainPack, policy_pack: PolicyPack | None) -> None:
        self._types = domain_pack.exception_types
        general = tuple(_rules(domain_pack.severity_rules, members_of_any(domain_pack), "severityRules"))
        self._rules = {name: (*_own_rules(domain_pack, name), *general) for name in domain_pack.exception_types}
        self._general = general
        self._severest_first = {name: _severest_first(rules, name) for name, rules in self._rules.items()}
        self._severest_general = _severest_first(general, None)
        every = (*general, *(rule for rules in self._rules.values() for rule in rules))
        self._asks_severity = any("severity" in rule.condition.text for rule in every)
        self._overrides: dict[str, tuple[Severity, str]] = {}
        for number, override in enumerate(policy_pack.custom_severity_overrides if policy_pack else ()):
            place = pointer("customSeverityOverrides", number)
            self._overrides.setdefault(override.exception_type, (override.severity, place))

    def decide(self, facts: Facts) -> SeverityDecision:
        """The effective severity of one exception, with the rules that were asked.

        The type's own rules are asked before the pack's; of equally severe ones the first wins. A type that the
        domain pack does not know is asked against the pack's rules and is medium if none holds.
        """
        return self._overridden(facts, ()) or self._by_rules(facts)

    def severity(self, facts: Facts) -> Severity:
        """The severity alone."""
        return self.ruled(facts)[0]

    def ruled(self, facts: Facts) -> tuple[Severity, Layer, str | None]:
        """What `decide` decides without what was tried, several times as fast: the severest rule first."""
        if facts.exception_type in self._overrides:
            severity, place = self._overrides[facts.exception_type]
            return severity, Layer.POLICY, place
        kind = self._types.get(facts.exception_type)
        default = kind.default_severity if kind else None
        if self._asks_severity and not facts.severity:
            facts = replace(facts, severity=(default or LAST_RESORT).value)
        for rule in self._severest_first.get(facts.exception_type, self._severest_general):
            if rule.condition.evaluate(facts) is True:
                return rule.severity, Layer.RULE, rule.name
        if default is not None:
            return default, Layer.TYPE, pointer("exceptionTypes", facts.exception_type, "defaultSeverity")
        return LAST_RESORT, Layer.DEFAULT, None

    def is_overridden(self, exception_type: str) -> bool:
        """Whether the tenant decides about this type without any rule."""
        return exception_type in self._overrides

    def says(self, exception_type: str) -> Hashable:
        """Everything that decides about a type's severity; policies that say the same decide alike."""
        if exception_type in self._overrides:
            return self._overrides[exception_type][0]
        kind = self._types.get(exception_type)
        rules = self._severest_first.get(exception_type, self._severest_general)
        return kind.default_severity if kind else None, tuple((rule.condition.text, rule.severity) for rule in rules)

    def explain(self, facts: Facts) -> tuple[SeverityDecision, SeverityDecision]:
        """What is decided, and what the rules alone would have said; both with every rule that there is, tried."""
        ruled = self._by_rules(facts)
        return self._overridden(facts, ruled.tried) or ruled, ruled

    def _overridden(self, facts: Facts, tried: tuple[RuleTried, ...]) -> SeverityDecision | None:
        if facts.exception_type not in self._overrides:
            return None
        severity, place = self._overrides[facts.exception_type]
        return SeverityDecision(severity=severity, layer=Layer.POLICY, rule=place, tried=tried)

    def _by_rules(self, facts: Facts) -> SeverityDecision:
        kind = self._types.get(facts.exception_type)
        default = kind.default_severity if kind else None
        if not facts.severity:
            facts = replace(facts, severity=(default or LAST_RESORT).value)
        tried = tuple(rule.try_on(facts) for rule in self._rules.get(facts.exception_type, self._general))
        matched = [rule for rule in tried if rule.matched]
        if matched:
            winner = max(matched, key=lambda rule: rule.severity.rank)
            return SeverityDecision(severity=winner.severity, layer=Layer.RULE, rule=winner.rule, tried=tried)
        if default is not None:
            place = pointer("exceptionTypes", facts.exception_type, "defaultSeverity")
            return SeverityDecision(severity=default, layer=Layer.TYPE, rule=place, tried=tried)
        return SeverityDecision(severity=LAST_RESORT, layer=Layer.DEFAULT, rule=None, tried=tried)


def _severest_first(rules: Iterable[_Rule], exception_type: str | None) -> tuple[_Rule, ...]:
    asked = [rule for rule in rules if concerns(rule.condition.text, exception_type)]
    return tuple(sorted(asked, key=lambda rule: -rule.severity.rank))


def _own_rules(pack: DomainPack, name: str) -> Iterable[_Rule]:
    rules = pack.exception_types[name].severity_rules
    return _rules(rules, members_of_type(pack, name), "exceptionTypes", name, "severityRules") if rules else ()


def _rules(rules: Iterable[SeverityRule], members: Members, *place: str) -> Iterable[_Rule]:
    for number, rule in enumerate(rules):
        name = rule.rule_id or pointer(*place, number)
        yield _Rule(name, Condition.compile(rule.condition, members), rule.severity)
