"""Whether seals hold: their own chain, their roots, and that the log still has what they closed."""

from collections.abc import Iterable
from contextlib import closing

from sentinai_cli.db.work import Work
from sentinai_cli.models.event_anchor import EventAnchor, anchor_fault
from sentinai_cli.models.event_check import Break, BreakKind, Findings
from sentinai_cli.models.event_hash import GENESIS, chain_hash
from sentinai_cli.models.event_seal import NO_SEAL, EventSeal, is_whole
from sentinai_cli.models.merkle import MerkleRoot


def check_seals(seals: Iterable[EventSeal], found: Findings) -> None:
    """Check every seal against the one before; `seals` are all in scope, by tenant and number."""
    last: EventSeal | None = None
    for seal in seals:
        before = last if last is not None and last.tenant_id == seal.tenant_id else None
        number, previous = (before.seal_no + 1, before.hash) if before else (1, NO_SEAL.hex())
        if seal.seal_no != number or seal.previous != previous:
            _seal_break(found, seal, f"seal {seal.seal_no} does not follow from seal {number - 1}")
        if not is_whole(seal):
            _seal_break(found, seal, f"seal {seal.seal_no} is not what its hash says")
        last = seal


def check_sealed(work: Work, seals: Iterable[EventSeal], found: Findings) -> int:
    """Check that what each seal closed makes its root and is in the log or erased; how many erasures there are."""
    for seal in seals:
        tree, events = MerkleRoot(), 0
        for entry in work.event_seals.entries(seal.tenant_id, seal.seal_no):
            tree.add(entry.merkle_entry())
            events += entry.last_event_no - entry.first_event_no + 1
        if (tree.digest().hex(), tree.size, events) != (seal.root, seal.exceptions, seal.events):
            _seal_break(found, seal, f"what seal {seal.seal_no} closed does not make its root")
    for row in work.event_seals.lost():
        kind = BreakKind.ERASED if row["gone"] else BreakKind.SEAL
        why = "the exception is gone and no erasure says so" if row["gone"] else "another event stands there"
        detail = f"seal {row['seal_no']} closed event {row['last_event_no']}: {why}"
        event_no = None if row["gone"] else row["last_event_no"]
        found.add(
            Break(
                tenant_id=row["tenant_id"],
                exception_id=row["exception_id"],
                event_no=event_no,
                kind=kind,
                detail=detail,
            )
        )
    return _check_erasures(work, found)


def check_anchors(anchors: Iterable[EventAnchor], seals: Iterable[EventSeal], found: Findings) -> None:
    """Check that each anchor's seal is the one that it was written of."""
    known = {(seal.tenant_id, seal.seal_no): seal for seal in seals}
    for anchor in anchors:
        if fault := anchor_fault(anchor, known.get((anchor.tenant_id, anchor.seal_no))):
            found.add(
                Break(
                    tenant_id=anchor.tenant_id,
                    exception_id=None,
                    event_no=None,
                    kind=BreakKind.ANCHOR,
                    detail=fault,
                )
            )


def _check_erasures(work: Work, found: Findings) -> int:
    """Chain the leaves that each erasure kept, and compare with its head and with what seals closed of it."""
    count = 0
    with closing(work.event_seals.entries_of_erased()) as closed:
        waiting = next(closed, None)
        for gone in work.event_seals.erased():
            count += 1
            link, links = GENESIS, {}
            for number in range(1, gone.events + 1):
                link = chain_hash(link, number, gone.leaves[(number - 1) * 32 : number * 32])
                links[number] = link
            details = [] if link == gone.head_hash else ["an erasure's leaves do not lead to the head that was erased"]
            while waiting is not None and (waiting[0], waiting[2].exception_id, waiting[2].life) == (
                gone.tenant_id,
                gone.exception_id,
                gone.life,
            ):
                if links.get(waiting[2].last_event_no) != waiting[2].hash:
                    details.append(f"an erasure does not account for what seal {waiting[1]} closed")
                waiting = next(closed, None)
            for detail in details:
                found.add(
                    Break(
                        tenant_id=gone.tenant_id,
                        exception_id=gone.exception_id,
                        event_no=None,
                        kind=BreakKind.ERASED,
                        detail=detail,
                    )
                )
    return count


def _seal_break(found: Findings, seal: EventSeal, detail: str) -> None:
    found.add(Break(tenant_id=seal.tenant_id, exception_id=None, event_no=None, kind=BreakKind.SEAL, detail=detail))
