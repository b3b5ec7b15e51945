"""Legal holds on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.legal_hold import LegalHold, LegalHoldList, LegalHoldPlaced, LegalHoldReleased
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.style import BAD, FAINT, GOOD, identity, line, words
from sentinai_cli.render.views.part import age, optional, when
from sentinai_cli.render.views.view import view


@view.register
def _holds(model: LegalHoldList, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing is held.", FAINT)
    return Grid(
        [
            Column("hold"),
            Column("tenant", 1),
            Column("holds"),
            Column("state", 2),
            Column("age", 3, right=True),
            Column("by", 4),
        ],
        [
            [
                identity(str(hold.hold_id)),
                identity(hold.tenant_id),
                _covered(hold),
                words("in force", BAD) if hold.released_at is None else words("released", FAINT),
                age(hold.placed_at, at),
                words(hold.placed_by),
            ]
            for hold in model.items
        ],
        [words(hold.reason) for hold in model.items],
    )


@view.register
def _placed(model: LegalHoldPlaced, at: datetime) -> RenderableType:
    said = words("held", GOOD) if model.placed else words("held already, nothing changed", FAINT)
    return _told(model.hold, said, at)


@view.register
def _released(model: LegalHoldReleased, at: datetime) -> RenderableType:
    said = words("released", GOOD) if model.released else words("released before, nothing changed", FAINT)
    return _told(model.hold, said, at)


def _told(hold: LegalHold, said: Text, at: datetime) -> RenderableType:
    return Group(line(identity(str(hold.hold_id)), " ", said), Text(), _hold(hold, at))


def _hold(model: LegalHold, at: datetime) -> RenderableType:
    facts = [
        ("hold", identity(str(model.hold_id))),
        ("tenant", identity(model.tenant_id)),
        ("holds", _covered(model)),
        ("reason", words(model.reason)),
        ("placed", when(model.placed_at, at)),
        ("placed by", words(model.placed_by)),
    ]
    if model.released_at is not None:
        facts += [
            ("released", when(model.released_at, at)),
            ("released by", optional(model.released_by)),
            ("because", optional(model.release_reason)),
        ]
    return Facts(facts)


def _covered(hold: LegalHold) -> Text:
    return words("the whole tenant") if hold.exception_id is None else identity(hold.exception_id)
