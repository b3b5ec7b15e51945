"""Tenants on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.tenant import Tenant, TenantCreated, TenantList
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.style import FAINT, GOOD, identity, line, member, words
from sentinai_cli.render.views.part import age, when
from sentinai_cli.render.views.view import view


@view.register
def _tenant(model: Tenant, at: datetime) -> RenderableType:
    return Facts(
        [
            ("tenant", identity(model.tenant_id)),
            ("name", words(model.name)),
            ("domain", words(model.domain)),
            ("status", member(model.status)),
            ("created", when(model.created_at, at)),
            ("updated", when(model.updated_at, at)),
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
