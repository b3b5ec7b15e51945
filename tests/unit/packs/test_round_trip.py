"""What is stored of a pack reads back as the same pack, and equal content has one checksum."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.packs.reader import read_pack
from tests.unit.packs.document import as_bytes

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,12}", fullmatch=True)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=20)
SEVERITIES = st.sampled_from(["low", "HIGH", "Medium", "critical"])
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15, allow_nan=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS.map("k".__add__), inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(WORDS.map("k".__add__), JSON, max_size=3)
AMOUNTS = st.none() | st.integers(0, 10**12) | st.decimals(0, 10**9, places=2).map(str)
RULES = st.fixed_dictionaries(
    {"condition": st.sampled_from(["true", "amount > 5", "rawPayload.x == 'y'"]), "severity": SEVERITIES},
    optional={"description": WORDS},
)


@st.composite
def domain_packs(draw: st.DrawFn) -> dict[str, Any]:
    """Domain packs in the canonical shape, with defaults spelled out or left away."""
    types = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    tools = draw(st.lists(NAMES, max_size=3, unique=True))
    attribute = st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "decimal", "date"])}, optional={"required": st.booleans()}
    )
    step = st.fixed_dictionaries({"action": WORDS.map("Do: {}".format)}, optional={"parameters": DOCUMENTS})
    return {
        "domainName": draw(NAMES),
        "entities": {
            name: {"attributes": draw(st.dictionaries(NAMES, attribute, max_size=3))}
            for name in draw(st.lists(NAMES, max_size=2, unique=True))
        },
        "exceptionTypes": {
            kind: draw(
                st.fixed_dictionaries(
                    {"description": WORDS},
                    optional={"defaultSeverity": SEVERITIES, "severityRules": st.lists(RULES, max_size=2)},
                )
            )
            for kind in types
        },
        "severityRules": draw(st.lists(RULES, max_size=3)),
        "tools": {
            name: draw(
                st.fixed_dictionaries(
                    {"description": WORDS},
                    optional={"timeoutSeconds": st.integers(0, 100) | st.floats(0, 100), "maxRetries": st.just(3)},
                )
            )
            for name in tools
        },
        "playbooks": [
            {
                "playbookId": f"PB{number}",
                "exceptionTypes": [kind],
                "steps": draw(st.lists(step, min_size=1, max_size=3)),
            }
            for number, kind in enumerate(draw(st.lists(st.sampled_from(types), max_size=3)))
        ],
        "testSuites": [
            {
                "suiteId": "S",
                "cases": [
                    {
                        "input": {"exceptionType": types[0], "amount": draw(AMOUNTS), "rawPayload": draw(DOCUMENTS)},
                        "expectedOutput": {"severity": draw(SEVERITIES)},
                    }
                ],
            }
        ],
    }


POLICIES = st.fixed_dictionaries(
    {"tenantId": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)},
    optional={
        "domainName": NAMES,
        "customSeverityOverrides": st.lists(
            st.fixed_dictionaries({"exceptionType": NAMES, "severity": SEVERITIES}), max_size=3
        ),
        "approvedTools": st.lists(NAMES, max_size=3),
        "guardrailOverrides": st.fixed_dictionaries({}, optional={"humanApprovalThreshold": st.floats(0, 1)}),
        "humanApprovalRules": st.lists(
            st.fixed_dictionaries({"severity": SEVERITIES, "requireApproval": st.booleans()}), max_size=2
        ),
        "retentionPolicies": st.fixed_dictionaries({"dataTTL": st.integers(1, 10**6)}),
        "routingRules": JSON,
        "notificationPolicies": DOCUMENTS,
    },
)


def _survives(document: dict[str, Any], model: type[DomainPack | PolicyPack]) -> None:
    pack = read_pack(as_bytes(document), name="written")
    assert isinstance(pack, model)
    again = read_pack(json.dumps(pack.canonical()).encode(), name="stored")
    assert again.checksum() == pack.checksum()
    assert again == pack
    shuffled = json.loads(json.dumps(document), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert read_pack(as_bytes(shuffled), name="shuffled").checksum() == pack.checksum()


@settings(max_examples=60)
@given(document=domain_packs())
def test_a_domain_pack_survives_being_stored(document: dict[str, Any]) -> None:
    _survives(document, DomainPack)


@settings(max_examples=60)
@given(document=POLICIES)
def test_a_policy_pack_survives_being_stored(document: dict[str, Any]) -> None:
    _survives(document, PolicyPack)
