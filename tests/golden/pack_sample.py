"""Results about packs, playbooks and tools, with text in them that a terminal must not act on."""

from datetime import UTC, datetime, timedelta

from sentinai_cli.models.base import Model
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.pack_check import PackSchema, PackTest
from sentinai_cli.models.pack_diff import ChangeKind, PackChange, PackDiff, ValueChange
from sentinai_cli.models.pack_effective import EffectivePacks, EffectiveValue, PackLayer
from sentinai_cli.models.pack_impact import Decided, ImpactChange, ImpactVerdict, PackImpact, TenantImpact
from sentinai_cli.models.pack_suite import CaseResult, SuiteResult
from sentinai_cli.models.pack_version import PackActivation, PackActivationList, PackImported, PackKind
from sentinai_cli.models.pack_why import PackWhy
from sentinai_cli.models.playbook import (
    ActionType,
    PlaybookDetail,
    PlaybookList,
    PlaybookStep,
    PlaybookVersion,
    StepState,
)
from sentinai_cli.models.result import Page
from sentinai_cli.models.severity_decision import Layer, RuleTried
from sentinai_cli.models.tool import ToolDefinition, ToolList, ToolSwitched, ToolType

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOSTILE = "[red]\x1b[31m\u202eabc"
TENANT = "TENANT_FINANCE_001"

CHANGES = (
    PackChange(section="type", name="CASH_BREAK", kind=ChangeKind.ADDED),
    PackChange(section="tool", name="getOrder", kind=ChangeKind.REMOVED),
    PackChange(
        section="rule",
        name=HOSTILE,
        kind=ChangeKind.CHANGED,
        details=(ValueChange(pointer="/severity", before="high", after=HOSTILE),),
    ),
    PackChange(section="playbook", name="PB_CASH", kind=ChangeKind.MOVED),
    PackChange(
        section="guardrail",
        name="maxAutoRetries",
        kind=ChangeKind.CHANGED,
        details=(ValueChange(pointer="", before=None, after={"a": 1}),),
    ),
)
IMPACT = PackImpact(
    items=(
        ImpactChange(
            tenant_id=TENANT,
            type="CASH_BREAK",
            what=Decided.SEVERITY,
            before="high",
            after="low",
            count=1204,
            breaking=True,
            sample_ids=("FIN-9C41D07A-000017", HOSTILE),
        ),
        ImpactChange(
            tenant_id=TENANT,
            type="CASH_BREAK",
            what=Decided.PLAYBOOK,
            before=None,
            after="PB_CASH",
            count=3,
            breaking=False,
            sample_ids=("FIN-9C41D07A-000018",),
        ),
    ),
    page=Page.of_all(2),
    pack="domain:Finance@3",
    verdict=ImpactVerdict.BREAKING,
    since=AT - timedelta(days=7),
    exceptions=50_000,
    changed=1207,
    tenants=(
        TenantImpact(
            tenant_id=TENANT,
            active_no=4,
            exceptions=50_000,
            changed=1207,
            severity=1204,
            approval=0,
            playbook=3,
            verdict=ImpactVerdict.BREAKING,
        ),
    ),
)
NO_IMPACT = PackImpact(
    items=(),
    page=Page.of_all(0),
    pack="domain:Finance@3",
    verdict=ImpactVerdict.NONE,
    since=None,
    exceptions=0,
    changed=0,
    tenants=(),
)
VALUES = (
    EffectiveValue(
        name="/exceptionTypes/CASH_BREAK/severity",
        value="critical",
        layer=PackLayer.POLICY,
        pack=f"policy:{TENANT}@2",
        place="/customSeverityOverrides/0",
        instead_of="high",
    ),
    EffectiveValue(
        name="/guardrails/blockLists",
        value=[HOSTILE],
        layer=PackLayer.DOMAIN,
        pack="domain:Finance@3",
        place="/guardrails/blockLists",
    ),
    EffectiveValue(name="/approvalRequired/critical", value=True, layer=PackLayer.DEFAULT),
)
EFFECTIVE = EffectivePacks(
    items=VALUES,
    page=Page.of_all(3),
    tenant_id=TENANT,
    domain_pack="domain:Finance@3",
    policy_pack=f"policy:{TENANT}@2",
    explained=True,
)
WHY = PackWhy(
    tenant_id=TENANT,
    exception_id="FIN-9C41D07A-000017",
    type="CASH_BREAK",
    domain_pack="domain:Finance@3",
    policy_pack=f"policy:{TENANT}@2",
    severity=Severity.CRITICAL,
    layer=Layer.POLICY,
    rule="/customSeverityOverrides/0",
    without_override=Severity.HIGH,
    tried=(
        RuleTried(
            rule="large-difference", condition="double(rawPayload.x) > 5.0", severity=Severity.HIGH, matched=True
        ),
        RuleTried(
            rule="/severityRules/1",
            condition=HOSTILE,
            severity=Severity.CRITICAL,
            matched=False,
            reason='Key not found in map : "missing"',
        ),
        RuleTried(rule="aged", condition="false", severity=Severity.LOW, matched=False),
    ),
    approval_required=True,
    approval_by="/humanApprovalRules/0",
    playbook_id="PB_CASH",
    playbook_by="/playbooks/3",
    stored_severity=Severity.HIGH,
    notes=(f"policy:{TENANT}@3 is stored, but @2 is active",),
)
SUITE = SuiteResult(
    suite_id="severity",
    passed=1,
    failed=1,
    cases=(
        CaseResult(
            suite_id="severity",
            case_id="a",
            passed=True,
            expected={"severity": "low"},
            actual={"severity": "low"},
            why="",
        ),
        CaseResult(
            suite_id="severity",
            case_id=HOSTILE,
            passed=False,
            expected={"severity": "low"},
            actual={"severity": "high"},
            why="high by rule aged",
        ),
    ),
)
TEST = PackTest(reference="domain:Finance@3", policy_pack=f"policy:{TENANT}@2", passed=1, failed=1, suites=(SUITE,))
PLAYBOOK = PlaybookVersion(
    tenant_id=TENANT,
    playbook_id="PB_CASH",
    version=2,
    name=HOSTILE,
    description=None,
    exception_types=("CASH_BREAK", "POSITION_BREAK"),
    approved=True,
    success_criteria=("both sides agree",),
    origin=PackKind.DOMAIN,
    origin_version=3,
    checksum="9a" * 32,
    active=True,
    created_at=AT - timedelta(days=3),
)
STEPS = (
    PlaybookStep(
        step_order=1,
        name="read",
        action_type=ActionType.TOOL,
        action="getOrder",
        tool_name="getOrder",
        description="Read it.",
        params={"orderId": HOSTILE},
    ),
    PlaybookStep(
        step_order=2,
        name="step-2",
        action_type=ActionType.MANUAL,
        action="Call the counterparty.",
        tool_name=None,
        description=None,
        params={},
    ),
)
TOOL = ToolDefinition(
    tenant_id=TENANT,
    name="getOrder",
    type=ToolType.REST,
    config={"endpoint": "https://oms.example.com", "description": HOSTILE},
    domain="Finance",
    origin_version=3,
    in_pack=True,
    approved=True,
    enabled=True,
)
ACTIVATIONS = tuple(
    PackActivation(
        tenant_id=tenant,
        no=no,
        domain="Finance",
        domain_version=no,
        policy_version=None if no == 1 else 2,
        activated_at=AT - timedelta(days=10 - no),
        activated_by="ada",
        reason=HOSTILE if no == 1 else None,
    )
    for tenant, no in ((TENANT, 2), (TENANT, 1), ("TENANT_FINANCE_002", 1))
)

PACK_SAMPLES: dict[str, Model] = {
    "pack_diff": PackDiff(
        items=CHANGES,
        page=Page.of_all(len(CHANGES)),
        a="domain:Finance@2",
        b="domain:Finance@3",
        patch=({"op": "remove", "path": "/tools/getOrder"}, {"op": "add", "path": "/x", "value": HOSTILE}),
    ),
    "pack_diff_empty": PackDiff(items=(), page=Page.of_all(0), a="domain:Finance@2", b="domain:Finance@2", patch=()),
    "pack_impact": IMPACT,
    "pack_impact_none": NO_IMPACT,
    "pack_import_dry_run": PackImported(
        imported=True,
        reference="domain:Finance@4",
        kind=PackKind.DOMAIN,
        version=4,
        checksum="9a" * 32,
        source="finance.yaml",
        dry_run=True,
        failing_tests=2,
        impact=NO_IMPACT,
    ),
    "pack_effective": EFFECTIVE.model_copy(
        update={"explained": False, "items": tuple(EffectiveValue(name=v.name, value=v.value) for v in VALUES)}
    ),
    "pack_effective_explained": EFFECTIVE,
    "pack_why": WHY,
    "pack_why_default": WHY.model_copy(
        update={
            "exception_id": None,
            "layer": Layer.DEFAULT,
            "rule": None,
            "without_override": None,
            "tried": (),
            "approval_required": False,
            "approval_by": None,
            "playbook_id": None,
            "playbook_by": None,
            "stored_severity": None,
            "policy_pack": None,
            "notes": (),
        }
    ),
    "pack_test": TEST,
    "pack_test_empty": TEST.model_copy(update={"suites": (), "passed": 0, "failed": 0, "policy_pack": None}),
    "pack_schema": PackSchema(kind=PackKind.DOMAIN, document={"title": "DomainPack", "type": "object"}),
    "pack_activation_list": PackActivationList.whole(ACTIVATIONS),
    "pack_activation_list_empty": PackActivationList.whole([]),
    "playbook_list": PlaybookList.whole(
        [PLAYBOOK, PLAYBOOK.model_copy(update={"version": 1, "active": False, "approved": False, "name": None})]
    ),
    "playbook_list_empty": PlaybookList.whole([]),
    "playbook_detail": PlaybookDetail(
        **PLAYBOOK.model_dump(),
        steps=(
            StepState(**STEPS[0].model_dump(), tool_usable=False),
            StepState(**STEPS[1].model_dump(), tool_usable=None),
        ),
        in_use=12,
    ),
    "tool": TOOL,
    "tool_list": ToolList.whole(
        [
            TOOL,
            TOOL.model_copy(update={"name": "b", "enabled": False}),
            TOOL.model_copy(update={"name": "c", "approved": False}),
            TOOL.model_copy(update={"name": "d", "approved": False, "in_pack": False}),
        ]
    ),
    "tool_list_empty": ToolList.whole([]),
    "tool_switched": ToolSwitched(changed=True, tool=TOOL.model_copy(update={"enabled": False})),
    "tool_switched_already": ToolSwitched(changed=False, tool=TOOL),
}
