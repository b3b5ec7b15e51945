"""What must hold in the payloads of the Healthcare types."""

from sentinai_cli.seeding.identifier import is_ndc
from sentinai_cli.seeding.invariant.facts import Facts, Predicate


def _therapies_overlap(facts: Facts) -> bool:
    ordered = facts.day("orderDate")
    overlaps = []
    for therapy in facts.listed("activeTherapies"):
        if not isinstance(therapy, dict) or not is_ndc(str(therapy["ndc"])):
            return False
        active = Facts(therapy, facts.arrived)
        if active.day("startDate") >= ordered:
            return False
        overlaps.append((active.day("endDate") - ordered).days)
    return min(overlaps) >= 1 and max(overlaps) == facts.whole("overlapDays")


HEALTHCARE: dict[str, dict[str, Predicate]] = {
    "CLAIM_MISSING_AUTH": {
        "authorization is required and missing": lambda f: (
            f.payload["authRequired"] is True and f.payload["authNumber"] is None
        ),
        "it was received after the service": lambda f: f.day("serviceDate") <= f.day("receivedDate") <= f.today,
        "something is claimed": lambda f: f.money("amount") > 0,
    },
    "CLAIM_CODE_MISMATCH": {
        "the codes differ": lambda f: f.differ("expectedCode", "submittedCode"),
        "the submitted code is claimed, the expected one is not": lambda f: (
            f.text("submittedCode") in f.listed("procedureCodes")
            and f.text("expectedCode") not in f.listed("procedureCodes")
        ),
        "the service came first": lambda f: f.day("serviceDate") < f.today,
        "something is claimed": lambda f: f.money("amount") > 0,
    },
    "PROVIDER_CREDENTIAL_EXPIRED": {
        "it expired that many days before the service": lambda f: (
            (f.day("serviceDate") - f.day("credentialExpiryDate")).days == f.whole("daysExpired") >= 1
        ),
        "the service came first": lambda f: f.day("serviceDate") < f.today,
    },
    "PATIENT_DEMOGRAPHIC_CONFLICT": {
        "the systems disagree": lambda f: f.differ("systemAValue", "systemBValue") and f.differ("systemA", "systemB"),
        "it says whether billing is affected": lambda f: isinstance(f.payload["affectsBilling"], bool),
        "insurance always affects billing": lambda f: (
            f.text("conflictingField") not in {"insuranceId", "coverageStart"} or f.payload["affectsBilling"] is True
        ),
    },
    "PHARMACY_DUPLICATE_THERAPY": {
        "active therapies overlap that long": _therapies_overlap,
        "it was ordered before it arrived": lambda f: f.day("orderDate") <= f.today,
    },
    "ELIGIBILITY_COVERAGE_LAPSE": {
        "coverage ended that many days before the service": lambda f: (
            (f.day("serviceDate") - f.day("coverageEnd")).days == f.whole("daysLapsed") >= 1
        ),
        "coverage began before it ended": lambda f: f.day("coverageStart") < f.day("coverageEnd"),
        "the service came first": lambda f: f.day("serviceDate") < f.today,
    },
}
