"""Tenants on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.tenant import Tenant, TenantCreated, TenantDetail, TenantList, TenantSwitched
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import FAINT, GOOD, identity, line, member, words
from sentinai_cli.render.views.part import age, optional, when
from sentinai_cli.render.views.view import view


@view.register
def _tenant(model: Tenant, at: datetime) -> RenderableType:
    return Facts(_facts(model, at))


def _facts(model: Tenant, at: datetime) -> list[tuple[str, Text]]:
    return [
        ("tenant", identity(model.tenant_id)),
        ("name", words(model.name)),
        ("domain", words(model.domain)),
        ("status", member(model.status)),
        ("created", when(model.created_at, at)),
        ("updated", when(model.updated_at, at)),
    ]


@view.register
def _detail(model: TenantDetail, at: datetime) -> RenderableType:
    packs = [
        f"domain:{model.domain}@{model.domain_version}" if model.domain_version else None,
        f"policy:{model.tenant_id}@{model.policy_version}" if model.policy_version else None,
    ]
    return Facts(
        [
            *_facts(model, at),
            ("packs", optional(", ".join(filter(None, packs)))),
            ("holds", words(f"{plural(model.exceptions, 'exception')}, {model.unresolved:,} unresolved")),
            ("events", words(f"{model.events:,}")),
        ]
    )


@view.register
def _tenants(model: TenantList, at: datetime) -> RenderableType:
    if not model.items:
        return words("There are no tenants.", FAINT)
    return Grid(
        [Column("tenant"), Column("status"), Column("domain", 1), Column("name", 2), Column("age", 3, right=True)],
        [
            [
                identity(tenant.tenant_id),
                member(tenant.status),
                words(tenant.domain),
                words(tenant.name),
                age(tenant.created_at, at),
            ]
            for tenant in model.items
        ],
    )


@view.register
def _created(model: TenantCreated, at: datetime) -> RenderableType:
    said = words("created", GOOD) if model.created else words("was there already, nothing changed", FAINT)
    return Group(line(identity(model.tenant.tenant_id), " ", said), Text(), _tenant(model.tenant, at))


@view.register
def _switched(model: TenantSwitched, at: datetime) -> RenderableType:
    said = (
        line(member(model.before), " → ", member(model.tenant.status)) if model.changed else words("unchanged", FAINT)
    )
    return Group(line(identity(model.tenant.tenant_id), " ", said), Text(), _tenant(model.tenant, at))
