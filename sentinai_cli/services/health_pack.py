"""Whether packs decide for every tenant, and pass their own tests."""

from sentinai_cli.db.health.finding import counted, found, measure, worst_first
from sentinai_cli.db.health.pack import active_packs
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.health import CheckState, Evidence, Seen
from sentinai_cli.packs.conditions import InvalidCondition
from sentinai_cli.packs.suites import run_suites


def packs(subject: Subject) -> Seen:
    """Every active tenant has active packs, and each domain pack that is active passes its own tests.

    They are run without policy packs, which exist to decide otherwise.
    """
    pairs = active_packs(subject)
    evidence: list[Evidence] = []
    bare = [pair for pair in pairs if pair.domain is None]
    evidence += [
        found(CheckState.WARN, f"tenant {pair.tenant_id}", "no pack is active for it", "sentinai packs list")
        for pair in bare
    ]
    active = {f"domain:{pair.domain}@{pair.domain_version}": pair for pair in pairs if pair.domain_pack}
    failed = 0
    for reference, pair in active.items():
        wrong, said = _tested(DomainPack.model_validate_json(canonical_bytes(pair.domain_pack)))
        failed += wrong
        if wrong:
            evidence.append(found(CheckState.FAIL, reference, said, f"sentinai packs test {reference}"))
    covered = (
        f"{counted(len(pairs), 'active tenant')}, {len(bare)} without packs, {counted(len(active), 'pack')} tested"
    )
    measures = (measure("tenants_without_packs", len(bare)), measure("failed_pack_cases", failed))
    return Seen(covered, worst_first(evidence), measures)


def _tested(pack: DomainPack) -> tuple[int, str]:
    """How many cases fail, and the first of them in words."""
    try:
        results = run_suites(pack)
    except InvalidCondition as error:
        return 1, f"a condition cannot be evaluated: {error}"
    wrong = [case for suite in results for case in suite.cases if not case.passed]
    if not wrong:
        return 0, ""
    first = wrong[0]
    differing = ", ".join(
        f"{name} is {first.actual[name]}, not {expected}"
        for name, expected in first.expected.items()
        if first.actual[name] != expected
    )
    return len(
        wrong
    ), f"{counted(len(wrong), 'test fails', 'tests fail')}; the first: {first.suite_id}/{first.case_id}: {differing}"
