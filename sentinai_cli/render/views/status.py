"""One screen of a database, 80 columns by 24 lines."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.status import DatabaseStatus, Holdings, NewestEvent, NewestException, TenantStanding
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import BAD, FAINT, GOOD, IDENTITY, WARNING, identity, line, member, missing, words
from sentinai_cli.render.views.part import age, target_facts, when
from sentinai_cli.render.views.view import view

_MOST_PACKS = 2
_STATUSES = ("open", "analyzing", "escalated", "resolved")


@view.register
def _status(model: DatabaseStatus, at: datetime) -> RenderableType:
    revision = f"revision {model.target.revision or 'none'}"
    if model.target.revision != model.head_revision:
        revision += f", this tool has {model.head_revision}"
    facts = [
        *target_facts(model.target),
        ("schema", line(member(model.schema_state), "  ", words(revision, FAINT))),
        ("isolation", member(model.isolation) if model.isolation else missing()),
    ]
    following = ("next", words(model.next_command, IDENTITY))
    if model.holdings is None:
        unread = [("rows", words(f"not read: {model.unread}", WARNING))] if model.unread else []
        return Facts([*facts, *unread, following])
    parts: list[RenderableType] = [Facts(facts), Text()]
    parts.append(_tenants(model.holdings, at) if model.holdings.tenants else words("There are no tenants.", FAINT))
    hidden = model.holdings.tenant_count - len(model.holdings.tenants)
    if hidden:
        parts.append(words(f"and {plural(hidden, 'tenant')} with no more past their deadline than these", FAINT))
    return Group(*parts, Text(), Facts([*_happenings(model.holdings, at), following]))


def _tenants(held: Holdings, at: datetime) -> Grid:
    return Grid(
        [
            Column("tenant"),
            Column("breached", right=True),
            *(Column(status, rank, right=True) for rank, status in enumerate(_STATUSES)),
            Column("newest", 5, right=True),
        ],
        [
            [
                _tenant(tenant),
                words(_count(tenant.breached, held), BAD if tenant.breached else FAINT),
                *(_held(tenant, status, held) for status in _STATUSES),
                age(tenant.newest, at),
            ]
            for tenant in held.tenants
        ],
    )


def _tenant(tenant: TenantStanding) -> Text:
    if tenant.status == "active":
        return identity(tenant.tenant_id)
    return line(identity(tenant.tenant_id), " ", member(tenant.status))


def _held(tenant: TenantStanding, status: str, held: Holdings) -> Text:
    count = tenant.exceptions.get(status, 0)
    return words(_count(count, held), "" if count and status != "resolved" else FAINT)


def _count(count: int, held: Holdings) -> str:
    """The number, with a plus where counting ended at its limit."""
    return f"{count:,}{'+' if count >= held.counted_to else ''}"


def _happenings(held: Holdings, at: datetime) -> Iterator[tuple[str, Text]]:
    if held.newest_exception is not None:
        yield "newest", _exception(held.newest_exception, at)
    if held.newest_event is not None:
        yield "last event", _event(held.newest_event, at)
    waiting = f"{plural(held.seals.waiting, 'tenant')} with events to seal" if held.seals.waiting else "nothing waits"
    style = WARNING if held.seals.waiting else GOOD
    sealed = when(held.seals.newest, at) if held.seals.newest else words("never", FAINT)
    yield "sealed", line(sealed, "  ", words(waiting, style))
    if held.packs:
        yield "packs", _packs(held)
    for number, one in enumerate(held.operations):
        done = "" if one.outcome == "done" else f"  {one.outcome}"
        of = f"  {one.tenant_id}" if one.tenant_id else ""
        told = line(age(one.at, at), "  ", words(one.command), words(f"  by {one.actor}{of}{done}", FAINT))
        yield "" if number else "operations", told


def _packs(held: Holdings) -> Text:
    shown = line()
    told = held.packs[:_MOST_PACKS]
    for number, pack in enumerate(told):
        shown.append_text(words(", " if number else "", FAINT))
        shown.append_text(identity(pack.pack) if pack.pack else words("none", WARNING))
        tenants = plural(pack.tenants, "tenant") if pack is told[-1] else f"{pack.tenants:,}"
        shown.append_text(words(f" for {tenants}", FAINT))
    if len(held.packs) > len(told):
        shown.append_text(words(f", and {len(held.packs) - len(told)} more", FAINT))
    return shown


def _exception(one: NewestException, at: datetime) -> Text:
    return line(
        identity(one.exception_id),
        "  ",
        words(one.type),
        "  ",
        member(one.severity),
        "  ",
        words(f"{age(one.created_at, at).plain} ago", FAINT),
    )


def _event(one: NewestEvent, at: datetime) -> Text:
    said = f"by {one.actor_id}, {age(one.created_at, at).plain} ago"
    return line(identity(one.exception_id), "  ", words(one.event_type), "  ", words(said, FAINT))
