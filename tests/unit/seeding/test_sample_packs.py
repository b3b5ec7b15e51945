"""With the sample packs themselves deciding: what the product promises about severities and playbooks."""

from functools import cache

import pytest

from sentinai_cli.models.event import EventType
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.seeding.generate import generate
from sentinai_cli.services.decision import PackDecisions
from tests.unit.seeding.sample import LISTED, TOP, plan, sample_pack

TENANTS = {"Finance": "tenant_finance_001", "Healthcare": "tenant_healthcare_042"}


@cache
def decisions(domain: str) -> PackDecisions:
    policy = TOP / "domainpacks" / f"{TENANTS[domain]}.policy.sample.json"
    return PackDecisions(sample_pack(domain), PolicyPack.model_validate_json(policy.read_bytes()))


@pytest.mark.parametrize("domain", TENANTS)
def test_severities_are_those_that_the_product_lists(domain: str) -> None:
    for record in generate(plan(domain, count=300), decisions(domain)):
        raised = record.raw_payload.get("impact") == "ECONOMIC" or record.raw_payload.get("affectsBilling") is True
        assert record.severity is (Severity.MEDIUM if raised else LISTED[record.type])


@pytest.mark.parametrize("domain", TENANTS)
def test_resolved_exceptions_ran_the_whole_playbook_of_their_type(domain: str) -> None:
    resolved = 0
    for record in generate(plan(domain, count=300), decisions(domain)):
        if record.resolved_at is not None:
            playbook = decisions(domain).playbook(record.type)
            assert playbook is not None
            assert record.current_playbook_id == playbook.playbook_id
            done = [e.payload["action"] for e in record.events if e.event_type is EventType.PLAYBOOK_STEP_COMPLETED]
            assert done == list(playbook.steps)
            resolved += 1
    assert resolved > 30
