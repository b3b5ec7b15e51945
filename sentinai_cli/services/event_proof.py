"""Proving that an event stands in the log."""

import re
from typing import NamedTuple
from uuid import UUID

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound
from sentinai_cli.models.event import StoredEvent
from sentinai_cli.models.event_anchor import EventAnchor
from sentinai_cli.models.event_hash import GENESIS, chain_hash
from sentinai_cli.models.event_proof import EventProof, ProofCheck, ProvenEvent, check_proof, read_proof
from sentinai_cli.models.merkle import inclusion_path
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import require_tenant

_NUMBERED = re.compile(r"(.+):([1-9][0-9]{0,17})")


class _Place(NamedTuple):
    """Where an event stands, with all leaves of its chain; `event` is None when it was erased."""

    tenant_id: str
    exception_id: str
    life: int
    event_no: int
    leaves: list[bytes]
    event: StoredEvent | None


def prove_event(database: Database, scope: TenantScope | AllTenants, name: str) -> EventProof:
    """The proof for an event named by its id, or as EXCEPTION:NUMBER, which also finds one that was erased.

    Raises NotFound, InvalidInput when several tenants have it, CheckFailed when no seal covers it yet.
    """
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        tenants = [tenant.tenant_id for tenant in work.tenants.list_all()]
        found = [place for tenant_id in tenants for place in _places(work, tenant_id, name)]
        if not found:
            raise NotFound("event_not_found", f"there is no event {name[:160]}", fix="sentinai events list")
        if len({place.tenant_id for place in found}) > 1:
            raise InvalidInput(
                "event_ambiguous",
                f"several tenants have an event {name[:160]}",
                why=", ".join(place.tenant_id for place in found),
                fix=f"sentinai events prove {name} --tenant {found[0].tenant_id}",
            )
        return _proof(work, found[-1])


def check_proof_file(data: bytes, *, name: str, anchors: tuple[EventAnchor, ...] = ()) -> ProofCheck:
    """Check a proof without any database. Raises InvalidInput for what is no proof."""
    return check_proof(read_proof(data, name=name), anchors)


def _places(work: Work, tenant_id: str, name: str) -> list[_Place]:
    """The event of the name in this tenant; of an id that was erased and has returned, each life's."""
    numbered = _NUMBERED.fullmatch(name)
    if numbered is None:
        try:
            event = work.events.find(tenant_id, UUID(name))
        except ValueError:
            raise InvalidInput(
                "invalid_event_id", f"{name[:80]!r} is neither an event's id nor EXCEPTION:NUMBER"
            ) from None
        if event is None:
            return []
        exception_id, event_no = event.exception_id, event.event_no
    else:
        exception_id, event_no = numbered[1], int(numbered[2])
        event = None
    erased = list(work.event_seals.erased(tenant_id, exception_id))
    places = []
    if event is None:
        for gone in erased:
            if event_no <= gone.events:
                leaves = [gone.leaves[at : at + 32] for at in range(0, len(gone.leaves), 32)]
                places.append(_Place(tenant_id, exception_id, gone.life, event_no, leaves, None))
    chain = work.events.leaves(tenant_id, exception_id)
    if event_no <= len(chain):
        event = event or work.events.numbered(tenant_id, exception_id, event_no)
        places.append(_Place(tenant_id, exception_id, len(erased) + 1, event_no, chain, event))
    return places


def _proof(work: Work, place: _Place) -> EventProof:
    closing = next(
        (
            (seal_no, entry)
            for seal_no, entry in work.event_seals.entries_of(place.tenant_id, place.exception_id)
            if entry.life == place.life and entry.last_event_no >= place.event_no
        ),
        None,
    )
    if closing is None:
        raise CheckFailed(
            "event_not_sealed",
            "no seal covers this event yet",
            fix=f"sentinai events seal --tenant {place.tenant_id}",
        )
    seal_no, entry = closing
    entries: list[bytes] = []
    index = 0
    for other in work.event_seals.entries(place.tenant_id, seal_no):
        if other.exception_id == place.exception_id:
            index = len(entries)
        entries.append(other.merkle_entry())
    said = place.event
    return EventProof(
        tenant_id=place.tenant_id,
        exception_id=place.exception_id,
        event_no=place.event_no,
        event=None if said is None else ProvenEvent(**{name: getattr(said, name) for name in ProvenEvent.model_fields}),
        leaf=place.leaves[place.event_no - 1].hex(),
        previous=_link(place.leaves[: place.event_no - 1]).hex(),
        following=tuple(leaf.hex() for leaf in place.leaves[place.event_no : entry.last_event_no]),
        life=entry.life,
        first_event_no=entry.first_event_no,
        last_event_no=entry.last_event_no,
        index=index,
        path=tuple(node.hex() for node in inclusion_path(entries, index)),
        seals=tuple(work.event_seals.since(place.tenant_id, seal_no)),
    )


def _link(leaves: list[bytes]) -> bytes:
    link = GENESIS
    for number, leaf in enumerate(leaves, start=1):
        link = chain_hash(link, number, leaf)
    return link
