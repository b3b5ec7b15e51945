"""An ingest on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.exception_ingest import IngestResult
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import BAD, FAINT, TITLE, WARNING, identity, line, member, missing, words
from sentinai_cli.render.views.view import view


@view.register
def _result(model: IngestResult, at: datetime) -> RenderableType:
    would = "would be " if model.dry_run else ""
    head = line(
        words(model.source, TITLE),
        words(f" for {model.tenant_id}: {plural(model.read, 'record')}"),
        words(", a tenant that would be made" if model.dry_run and model.tenant_created else ""),
        words(", a new tenant" if model.tenant_created and not model.dry_run else ""),
    )
    parts: list[RenderableType] = [
        head,
        Facts(
            [
                (f"{would}created", words(f"{model.created:,}")),
                (f"{would}updated", words(f"{model.updated:,}")),
                ("unchanged", words(f"{model.unchanged:,}")),
                (f"{would}rejected", words(f"{model.rejected:,}", BAD if model.rejected else "")),
                ("another severity", words(f"{model.severity_differs:,}", WARNING if model.severity_differs else "")),
                *([("rejects", words(model.rejects_file))] if model.rejects_file else []),
            ]
        ),
    ]
    if model.rejections:
        parts += [Text(), _rejections(model)]
        if model.rejected > len(model.rejections):
            parts.append(words(f"and {model.rejected - len(model.rejections):,} more", FAINT))
    if model.severity_differences:
        parts += [Text(), _differences(model)]
        if model.severity_differs > len(model.severity_differences):
            parts.append(words(f"and {model.severity_differs - len(model.severity_differences):,} more", FAINT))
    return Group(*parts)


def _rejections(model: IngestResult) -> Grid:
    return Grid(
        [Column("line", right=True), Column("exception"), Column("code"), Column("where", 1)],
        [
            [
                words(f"{one.line}"),
                missing() if one.exception_id is None else identity(one.exception_id),
                words(one.code, BAD),
                words(one.pointer),
            ]
            for one in model.rejections
        ],
        below=[words(one.reason, WARNING) for one in model.rejections],
    )


def _differences(model: IngestResult) -> Grid:
    return Grid(
        [Column("line", right=True), Column("exception"), Column("said"), Column("decided")],
        [
            [words(f"{one.line}"), identity(one.exception_id), member(one.given.value), member(one.decided.value)]
            for one in model.severity_differences
        ],
    )
