"""A domain pack: what a domain's exceptions are, how severe, and what is done about them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from sentinai_cli.models.entity import Entity
from sentinai_cli.models.exception_type import ExceptionType, SeverityRule
from sentinai_cli.models.guardrail import Guardrails
from sentinai_cli.models.pack import Name, Pack
from sentinai_cli.models.pack_suite import PackSuite
from sentinai_cli.models.playbook import Playbook
from sentinai_cli.models.tool import Tool


class DomainPack(Pack):
    """`severityRules` are tried for every type. Names are compared exactly; packs.check tells which do not resolve."""

    domain_name: Annotated[Name, StringConstraints(max_length=100)]
    entities: dict[Name, Entity] = Field(default={})
    exception_types: Annotated[dict[Name, ExceptionType], Field(min_length=1)]
    severity_rules: tuple[SeverityRule, ...] = ()
    tools: dict[Name, Tool] = Field(default={})
    playbooks: tuple[Playbook, ...] = ()
    guardrails: Guardrails = Guardrails()
    test_suites: tuple[PackSuite, ...] = ()
