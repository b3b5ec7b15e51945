"""Plans and decisions for the tests: the bundled seeds and sample packs, and severities as the product lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import NewException, Severity
from sentinai_cli.models.reading import Reading
from sentinai_cli.seeding.decision import PlaybookRef
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import SeedPlan, make_plan, run_digest

TOP = Path(__file__).parents[3]
AS_OF = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
DOMAINS = ("Finance", "Healthcare")
LISTED = {
    "MISMATCHED_TRADE_DETAILS": Severity.HIGH,
    "FAILED_ALLOCATION": Severity.MEDIUM,
    "POSITION_BREAK": Severity.CRITICAL,
    "CASH_BREAK": Severity.HIGH,
    "SETTLEMENT_FAIL": Severity.HIGH,
    "REG_REPORT_REJECTED": Severity.HIGH,
    "SEC_MASTER_MISMATCH": Severity.LOW,
    "CLAIM_MISSING_AUTH": Severity.HIGH,
    "CLAIM_CODE_MISMATCH": Severity.MEDIUM,
    "PROVIDER_CREDENTIAL_EXPIRED": Severity.HIGH,
    "PATIENT_DEMOGRAPHIC_CONFLICT": Severity.LOW,
    "PHARMACY_DUPLICATE_THERAPY": Severity.CRITICAL,
    "ELIGIBILITY_COVERAGE_LAPSE": Severity.HIGH,
}


@dataclass(frozen=True)
class Ruling:
    """A decided severity."""

    severity: Severity
    layer: str = "type"
    rule: str | None = None


class ListedDecisions:
    """The severities that the product lists, a playbook of three steps for every type, approval when critical."""

    def __init__(self, *, playbooks: bool = True) -> None:
        self._playbooks = playbooks

    def reading(self, exception_type: str) -> Reading:
        assert exception_type
        return Reading(raw_payload=frozenset({"impact", "affectsBilling"}))

    def severity(
        self,
        *,
        exception_type: str,
        source_system: str,
        amount: object,
        raw_payload: dict[str, object],
        context: dict[str, object],
    ) -> Ruling:
        assert source_system
        assert context["domain"] == raw_payload["domain"]
        if raw_payload.get("impact") == "ECONOMIC" or raw_payload.get("affectsBilling") is True:
            return Ruling(Severity.MEDIUM, "rule", "raised")
        return Ruling(LISTED.get(exception_type, Severity.MEDIUM))

    def playbook(self, exception_type: str) -> PlaybookRef | None:
        return PlaybookRef(f"PB_{exception_type}", ("fetch", "compare", "correct")) if self._playbooks else None

    def approval_required(self, severity: Severity) -> bool:
        return severity is Severity.CRITICAL


@cache
def library() -> Library:
    """The bundled seeds."""
    return Library.read(TOP / "seeds")


@cache
def sample_pack(domain: str) -> DomainPack:
    """A sample pack as it is bundled."""
    return DomainPack.model_validate_json((TOP / "domainpacks" / f"{domain.lower()}.sample.json").read_bytes())


def plan(
    domain: str = "Finance", *, seed: int = 7, count: int = 50, as_of: datetime = AS_OF, tenant_id: str = "TENANT_1"
) -> SeedPlan:
    """A plan over a sample pack; the checksums stand in for those of stored packs."""
    return plan_for(sample_pack(domain), seed=seed, count=count, as_of=as_of, tenant_id=tenant_id)


def plan_for(
    pack: DomainPack, *, seed: int = 7, count: int = 50, as_of: datetime = AS_OF, tenant_id: str = "TENANT_1"
) -> SeedPlan:
    """A plan over any pack."""
    return make_plan(
        library(),
        scenario="default",
        seed=seed,
        tenant_id=tenant_id,
        pack=pack,
        pack_checksum=checksum(pack.domain_name),
        policy_checksum=None,
        as_of=as_of,
        count=count,
    )


def digest_of(records: Iterable[NewException]) -> str:
    """The run digest of these records."""
    return run_digest((record.exception_id, record.source_digest, record.events[-1].hash) for record in records)
