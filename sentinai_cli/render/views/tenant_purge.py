"""The purge of a tenant on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.tenant_purge import TenantPurged, TenantPurgePlan
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import FAINT, GOOD, WARNING, identity, line, words
from sentinai_cli.render.views.part import optional, title, when
from sentinai_cli.render.views.view import view


@view.register
def _plan(model: TenantPurgePlan, at: datetime) -> RenderableType:
    return Group(
        Facts(
            [
                ("tenant", identity(model.tenant_id)),
                ("name", words(model.name)),
                ("holds", words(plural(model.holds, "legal hold"), WARNING if model.holds else FAINT)),
            ]
        ),
        title("What would go"),
        Grid(
            [Column("table"), Column("rows", right=True)],
            [[words(table.table), words(f"{table.rows:,}")] for table in model.tables],
        ),
    )


@view.register
def _purged(model: TenantPurged, at: datetime) -> RenderableType:
    said = words("purged", GOOD) if model.purged else words("was purged before, nothing changed", FAINT)
    return Group(
        line(identity(model.tenant_id), " ", said),
        Text(),
        Facts(
            [
                ("operation", identity(str(model.operation_id))),
                ("reason", optional(model.reason)),
                ("began", when(model.started_at, at)),
                ("ended", when(model.finished_at, at)),
                ("receipt", words(model.file)),
                *(("export", words(export.directory)) for export in model.exports),
            ]
        ),
        title("What went"),
        Grid(
            [Column("table"), Column("rows", right=True), Column("sha256", 1)],
            [[words(table.table), words(f"{table.rows:,}"), words(table.sha256, FAINT)] for table in model.tables],
        ),
    )
