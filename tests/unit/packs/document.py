"""Packs to read, break and compare: one of each dialect, and their tenants' policies."""

import json
from typing import Any

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.packs.reader import InvalidPack, read_pack


def trading() -> dict[str, Any]:
    """A domain pack as trading desks write them: rules with `condition`, a flat map of tools, steps as objects."""
    return {
        "domainName": "Trading",
        "entities": {
            "TradeOrder": {
                "attributes": {"orderId": {"type": "string", "required": True}, "price": {"type": "decimal"}},
                "relations": ["Execution"],
            }
        },
        "exceptionTypes": {
            "SETTLEMENT_FAIL": {"description": "Not settled in time.", "detectionRules": ["no confirmation"]},
            "CASH_BREAK": {
                "description": "Cash differs.",
                "severityRules": [{"condition": "rawPayload.currency == 'USD'", "severity": "LOW"}],
            },
        },
        "severityRules": [{"condition": "exceptionType == 'SETTLEMENT_FAIL'", "severity": "HIGH"}],
        "tools": {
            "getOrder": {
                "description": "Reads an order.",
                "endpoint": "https://oms.example.com/orders",
                "parameters": {"orderId": "string"},
                "version": "1.0.0",
                "timeoutSeconds": 5,
                "maxRetries": 2,
            },
            "openCase": {"description": "Opens a case.", "endpoint": "https://cases.example.com"},
        },
        "playbooks": [
            {
                "exceptionType": "SETTLEMENT_FAIL",
                "steps": [
                    {"stepId": "1", "action": "getOrder", "parameters": {"orderId": "x"}, "description": "Look."},
                    {"action": "call_tool", "parameters": {"tool": "openCase"}},
                    {"action": "Ask the counterparty why it has not delivered."},
                ],
            },
            {"exceptionType": "SETTLEMENT_FAIL", "steps": [{"action": "tool('openCase')"}]},
        ],
        "guardrails": {"allowLists": ["getOrder"], "blockLists": [], "humanApprovalThreshold": 0.9},
        "testSuites": [
            {"input": {"exceptionType": "SETTLEMENT_FAIL", "rawPayload": {}}, "expectedOutput": {"severity": "HIGH"}},
            {
                "input": {"exceptionType": "CASH_BREAK", "rawPayload": {"currency": "USD"}},
                "expectedOutput": {"severity": "LOW", "exceptionType": "CASH_BREAK"},
            },
        ],
    }


def care() -> dict[str, Any]:
    """A domain pack as care operations write them: `if`, grouped tools, `appliesTo`, steps as sentences."""
    return {
        "domainName": "Care",
        "version": "2.1",
        "description": "Claims.",
        "entities": {
            "Claim": {"keys": ["claimId"], "fields": {"claimId": "str", "amount": {"type": "money"}}},
            "Patient": {"keys": ["patientId"], "fields": ["patientId", "dob"]},
        },
        "exceptionTypes": {
            "MISSING_AUTH": {"description": "No authorization.", "defaultSeverity": "MEDIUM", "tags": ["claims"]},
            "DUPLICATE_THERAPY": {"description": "Two therapies.", "defaultSeverity": "HIGH"},
        },
        "severityRules": [{"if": "exceptionType == 'DUPLICATE_THERAPY'", "severity": "CRITICAL"}],
        "tools": {
            "dbQueries": [
                {"name": "getClaim", "description": "Reads.", "argsSchema": {"claimId": "string"}, "returns": {"a": 1}}
            ],
            "apiActions": [{"name": "requestAuth", "description": "Asks.", "argsSchema": {}}],
            "workflowActions": [{"name": "openCase", "description": "Opens."}],
        },
        "playbooks": [
            {
                "playbookId": "PB01",
                "approved": True,
                "appliesTo": ["MISSING_AUTH"],
                "steps": ["getClaim", "Call the payer and ask for a retroactive authorization."],
                "successCriteria": "an authorization is on file",
            }
        ],
        "guardrails": {
            "noAutoActionIfSeverityIn": ["CRITICAL", "HIGH"],
            "autoActionAllowedOnlyForApprovedPlaybooks": True,
            "requireHumanApprovalFor": ["requestAuth"],
            "maxAutoRetries": 1,
            "escalateIfConfidenceBelow": 0.6,
        },
        "testSuites": [
            {
                "suiteId": "S1",
                "cases": [
                    {
                        "name": "critical",
                        "input": {"type": "DUPLICATE_THERAPY"},
                        "expected": {"severity": "CRITICAL", "approvalRequired": True},
                    }
                ],
            }
        ],
    }


def trading_policy() -> dict[str, Any]:
    """A policy pack for `trading`, with everything that a tenant may say."""
    return {
        "tenantId": "TENANT_A",
        "domainName": "Trading",
        "customSeverityOverrides": [{"exceptionType": "CASH_BREAK", "severity": "CRITICAL"}],
        "customGuardrails": {"humanApprovalThreshold": 0.75},
        "approvedTools": ["getOrder", "openCase"],
        "toolOverrides": [{"toolName": "getOrder", "timeoutSeconds": 30, "maxRetries": 0}],
        "humanApprovalRules": [{"severity": "HIGH", "requireApproval": True}],
        "retentionPolicies": {"dataTTL": 90},
        "customPlaybooks": [{"exceptionType": "CASH_BREAK", "steps": [{"action": "openCase"}]}],
        "embeddingConfig": {"provider": "p", "model": "m", "apiKey": "env:EMBEDDING_KEY", "dimension": 8},
        "notificationPolicies": {"channels": ["email"], "smtpConfig": {"host": "h", "password": "file:/run/smtp"}},
    }


def care_policy() -> dict[str, Any]:
    """A policy pack for `care` in its own dialect, without a domain name."""
    return {
        "tenantId": "TENANT_B",
        "workflowPolicies": {
            "approvedBusinessProcesses": ["claims"],
            "severityOverrides": {"MISSING_AUTH": "HIGH"},
            "escalationQueue": "lead",
            "agingThresholds": {"critical": "4h"},
        },
        "toolsAllowList": ["getClaim", "openCase"],
        "guardrailOverrides": {"escalateIfConfidenceBelow": 0.7},
        "routingRules": [{"exceptionType": "MISSING_AUTH", "queue": "auth"}],
    }


def as_bytes(document: object) -> bytes:
    """The document as an indented file."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def domain(document: dict[str, Any]) -> DomainPack:
    """The domain pack that the document is."""
    pack = read_pack(as_bytes(document), name="pack.json")
    assert isinstance(pack, DomainPack)
    return pack


def policy(document: dict[str, Any]) -> PolicyPack:
    """The policy pack that the document is."""
    pack = read_pack(as_bytes(document), name="policy.json")
    assert isinstance(pack, PolicyPack)
    return pack


def findings(data: bytes | dict[str, Any]) -> dict[str, Finding]:
    """What is wrong with it, by pointer; several at one pointer keep the last. Empty when it is a pack."""
    try:
        read_pack(data if isinstance(data, bytes) else as_bytes(data), name="pack.json")
    except InvalidPack as error:
        return {finding.pointer: finding for finding in error.findings}
    return {}
