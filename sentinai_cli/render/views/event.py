"""The event log on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.event import EventAppended
from sentinai_cli.models.event_anchor import EventAnchoredList
from sentinai_cli.models.event_check import EventVerification
from sentinai_cli.models.event_list import EventEnvelopeList, EventList
from sentinai_cli.models.event_proof import EventProof, ProofCheck
from sentinai_cli.models.event_seal import EventSealedList
from sentinai_cli.render.document import encode
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural, stamp
from sentinai_cli.render.style import BAD, FAINT, GOOD, TITLE, WARNING, identity, line, missing, words
from sentinai_cli.render.views.part import title, when
from sentinai_cli.render.views.view import view


@view.register
def _events(model: EventList, at: datetime) -> RenderableType:
    if not model.items:
        return words("No events match.", FAINT)
    return Grid(
        [
            Column("at"),
            Column("exception"),
            Column("no", right=True),
            Column("event"),
            Column("by", 2),
            Column("tenant", 1),
        ],
        [
            [
                words(stamp(event.created_at)),
                identity(event.exception_id),
                words(str(event.event_no), FAINT),
                words(event.event_type, TITLE),
                words(f"{event.actor_type}:{event.actor_id}"),
                words(event.tenant_id),
            ]
            for event in model.items
        ],
    )


@view.register
def _envelopes(model: EventEnvelopeList, at: datetime) -> RenderableType:
    return Group(*[words(encode(event.model_dump(mode="json"))) for event in model.items])


@view.register
def _appended(model: EventAppended, at: datetime) -> RenderableType:
    event = model.event
    return Facts(
        [
            ("event", identity(str(event.event_id))),
            ("", words("appended", GOOD) if model.appended else words("was there already", FAINT)),
            ("exception", line(identity(model.exception_id), f"  event {event.event_no}")),
            ("tenant", words(model.tenant_id)),
            ("type", words(event.event_type, TITLE)),
            ("by", words(f"{event.actor_type}:{event.actor_id}")),
            ("at", when(event.created_at, at)),
            ("head", words(event.hash)),
            ("payload", words(encode(event.payload))),
        ]
    )


@view.register
def _verification(model: EventVerification, at: datetime) -> RenderableType:
    if not model.broken:
        return verdict(model)
    shown = f"{len(model.breaks)} of {model.broken:,} shown" if len(model.breaks) < model.broken else ""
    breaks = Grid(
        [Column("exception"), Column("event", right=True), Column("broken"), Column("tenant", 1)],
        [
            [
                missing() if item.exception_id is None else identity(item.exception_id),
                missing() if item.event_no is None else words(str(item.event_no)),
                words(item.kind, BAD),
                words(item.tenant_id),
            ]
            for item in model.breaks
        ],
        below=[words(item.detail, WARNING) for item in model.breaks],
    )
    return Group(verdict(model), title("First breaks"), breaks, *([words(shown, FAINT)] if shown else []))


@view.register
def _sealed(model: EventSealedList, at: datetime) -> RenderableType:
    if not model.items:
        return words("There is no tenant.", FAINT)
    return Grid(
        [
            Column("tenant"),
            Column("sealed"),
            Column("no", right=True),
            Column("events", 1, right=True),
            Column("exceptions", 2, right=True),
            Column("waiting", 1, right=True),
            Column("hash", 3),
        ],
        [
            [
                identity(item.tenant_id),
                words("sealed", GOOD) if item.sealed else words("nothing new", FAINT),
                words(str(item.seal.seal_no)) if item.seal else missing(),
                words(f"{item.seal.events:,}") if item.seal else missing(),
                words(f"{item.seal.exceptions:,}") if item.seal else missing(),
                words(f"{item.waiting:,}", WARNING if item.waiting else ""),
                words(item.seal.hash) if item.seal else missing(),
            ]
            for item in model.items
        ],
    )


@view.register
def _anchored(model: EventAnchoredList, at: datetime) -> RenderableType:
    return Grid(
        [Column("tenant"), Column("anchor"), Column("seal", right=True), Column("sealed", 1), Column("hash", 2)],
        [
            [
                identity(item.tenant_id),
                words("written", GOOD) if item.written else words("was there already", FAINT),
                words(str(item.seal_no)),
                when(item.sealed_at, at),
                words(item.hash),
            ]
            for item in model.items
        ],
    )


@view.register
def _proof(model: EventProof, at: datetime) -> RenderableType:
    seal, newest = model.seals[0], model.seals[-1]
    event = model.event
    facts = [
        ("event", line(identity(model.exception_id), f"  event {model.event_no}")),
        ("tenant", words(model.tenant_id)),
        ("id", words(str(event.event_id)) if event else words("erased: its leaf remains", WARNING)),
        ("type", words(event.event_type, TITLE) if event else missing()),
        ("by", words(f"{event.actor_type}:{event.actor_id}") if event else missing()),
        ("leaf", words(model.leaf)),
        ("steps", words(f"{len(model.following)} in its chain, {len(model.path)} in the tree")),
        ("seal", line(f"{seal.seal_no}  ", when(seal.sealed_at, at))),
        ("", words(seal.hash)),
    ]
    if newest is not seal:
        facts += [("newest", line(f"{newest.seal_no}  ", when(newest.sealed_at, at))), ("", words(newest.hash))]
    return Group(Facts(facts), words("-o json prints the proof itself.", FAINT))


@view.register
def _checked(model: ProofCheck, at: datetime) -> RenderableType:
    head = words("holds", GOOD) if model.valid else words("does not hold", BAD)
    facts = [
        ("event", line(identity(model.exception_id), f"  event {model.event_no}")),
        ("tenant", words(model.tenant_id)),
        ("seal", line(f"{model.seal_no}  ", when(model.sealed_at, at))),
        ("anchored", when(model.anchored_at, at)),
    ]
    return Group(head, Facts(facts), *[words(fault, WARNING) for fault in model.faults])


def verdict(model: EventVerification) -> Text:
    """One line: intact or how many breaks, and what was covered."""
    found = words(plural(model.broken, "break"), BAD) if model.broken else words("intact", GOOD)
    covered = f": {plural(model.events, 'event')} of {plural(model.exceptions, 'exception')}, "
    covered += plural(model.tenants, "tenant")
    for count, one in ((model.seals, "seal"), (model.erasures, "erasure"), (model.anchors, "anchor")):
        covered += f", {plural(count, one)}" if count else ""
    return line(found, words(covered))
