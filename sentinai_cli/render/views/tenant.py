"""Tenants on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.tenant import Tenant, TenantCreated, TenantDetail, TenantList, TenantSwitched
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural, size
from sentinai_cli.render.sparkline import Sparkline
from sentinai_cli.render.style import BAD, FAINT, GOOD, WARNING, identity, line, member, words
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
    about = "about " if model.estimated else ""
    sealed = line(words(plural(model.seals, "seal")), ", the newest ", when(model.sealed_at, at))
    facts = Facts(
        [
            *_facts(model, at),
            ("packs", optional(", ".join(filter(None, packs)))),
            ("exceptions", words(f"{about}{model.exceptions:,}, some {size(model.estimated_bytes)} with their events")),
            ("unresolved", words(f"{model.unresolved:,}")),
            ("breached", words(f"{model.breached:,}", BAD if model.breached else FAINT)),
            ("events", words(f"{about}{model.events:,}")),
            ("seals", sealed if model.seals else words("none", FAINT)),
            ("holds", words(plural(model.holds, "legal hold"), WARNING if model.holds else FAINT)),
        ]
    )
    counts = [day.events for day in model.events_by_day]
    most = max(model.events_by_day, key=lambda day: day.events, default=None)
    told = f"{sum(counts):,} events in {len(counts)} days"
    if most is not None and most.events:
        told += f", most on {most.day}: {most.events:,}"
    return Group(facts, Text(), Sparkline("events a day", counts, told))


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
        line(member(model.before), " -> ", member(model.tenant.status)) if model.changed else words("unchanged", FAINT)
    )
    return Group(line(identity(model.tenant.tenant_id), " ", said), Text(), _tenant(model.tenant, at))
