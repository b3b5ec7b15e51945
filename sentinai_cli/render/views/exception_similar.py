"""Similar cases on a terminal: why they are alike, and how they were resolved."""

from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.exception_resolution import Resolution
from sentinai_cli.models.exception_similar import SimilarException, SimilarList
from sentinai_cli.render.grid import Column, Grid
from sentinai_cli.render.human import plural, span
from sentinai_cli.render.style import FAINT, GOOD, TITLE, identity, line, member, words
from sentinai_cli.render.views.exception import amount_of
from sentinai_cli.render.views.part import age, optional
from sentinai_cli.render.views.view import view


@view.register
def _similar(model: SimilarList, at: datetime) -> RenderableType:
    looked = words(f"  compared with {plural(model.page.scanned or 0, 'exception')}", FAINT)
    head = line("like ", identity(model.exception_id), looked)
    if not model.items:
        return Group(head, words("No exceptions are like it.", FAINT))
    return Group(
        head,
        Text(),
        Grid(
            [
                Column("score", right=True),
                Column("exception"),
                Column("severity", 3),
                Column("status"),
                Column("type", 1),
                Column("age", 2, right=True),
                Column("entity", 4),
                Column("amount", 5, right=True),
                Column("owner", 6),
            ],
            [
                [
                    words(str(item.score), TITLE),
                    identity(item.exception_id),
                    member(item.severity),
                    member(item.status),
                    words(item.type),
                    age(item.created_at, at),
                    optional(item.entity),
                    amount_of(item),
                    optional(item.owner),
                ]
                for item in model.items
            ],
            below=[_about(item) for item in model.items],
        ),
    )


def _about(item: SimilarException) -> Text:
    why = "; ".join(f"{reason.what} +{reason.points}" for reason in item.reasons)
    if item.resolution is None:
        return words(why, FAINT)
    return words(f"{_told(item.resolution)}. {why}", GOOD)


def _told(resolution: Resolution) -> str:
    """As `resolved in 3h by ada: paid; retry, approved by bob; playbook PB; it helped`."""
    by = f" by {resolution.by}" if resolution.by else ""
    reason = f": {resolution.reason}" if resolution.reason else ""
    approved = f", approved by {resolution.approved_by}" if resolution.approved_by else ""
    worked = {True: "it worked", False: "it did not work", None: None}[resolution.effective]
    parts = [
        f"resolved in {span(timedelta(seconds=resolution.took_seconds))}{by}{reason}",
        f"{resolution.action}{approved}" if resolution.action else None,
        f"playbook {resolution.playbook_id}" if resolution.playbook_id else None,
        resolution.feedback or worked,
    ]
    return "; ".join(part.rstrip(".") for part in parts if part)
