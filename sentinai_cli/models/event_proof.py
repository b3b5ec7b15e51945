"""A proof that an event stands in the log, checked with nothing but SHA-256 and RFC 8785. See docs/event-hashes.md."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, ValidationError

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.canonical import NotCanonical, canonical_bytes, parse_json
from sentinai_cli.models.event_anchor import EventAnchor, anchor_fault
from sentinai_cli.models.event_hash import chain_hash, event_leaf
from sentinai_cli.models.event_payload import Hex64
from sentinai_cli.models.event_seal import EventSeal, SealEntry, is_whole
from sentinai_cli.models.merkle import root_of_path


class ProvenEvent(Model):
    """What the event says."""

    event_id: UUID
    event_type: str
    actor_type: str
    actor_id: str
    payload: dict[str, object]
    created_at: Moment


class EventProof(Model):
    """Everything that leads from one event to a seal, and from there to the newest one.

    `event` is None when it was erased: its leaf remains. `previous` is the hash of the event before, `following` are
    the leaves of those after it up to `last_event_no`, where the seal closed the exception's chain. `path` leads from
    entry `index` to the root of `seals[0]`; each further seal follows the one before. All hashes are hex.
    """

    format: Literal["sentinai.proof.v1"] = "sentinai.proof.v1"
    tenant_id: str
    exception_id: str
    event_no: Annotated[int, Field(ge=1, lt=2**63)]
    event: ProvenEvent | None
    leaf: Hex64
    previous: Hex64
    following: tuple[Hex64, ...]
    life: Annotated[int, Field(ge=1, lt=2**31)]
    first_event_no: Annotated[int, Field(ge=1, lt=2**63)]
    last_event_no: Annotated[int, Field(ge=1, lt=2**63)]
    index: Annotated[int, Field(ge=0, lt=2**63)]
    path: tuple[Hex64, ...]
    seals: Annotated[tuple[EventSeal, ...], Field(min_length=1)]


class ProofCheck(Model):
    """What checking a proof came to. `anchored_at` is when an anchor that was given fixed the event, if one did."""

    valid: bool
    tenant_id: str
    exception_id: str
    event_no: int
    seal_no: int
    sealed_at: Moment
    anchored_at: Moment | None
    faults: tuple[str, ...]


def read_proof(data: bytes, *, name: str) -> EventProof:
    """The proof in a file. Raises InvalidInput for anything else."""
    try:
        return EventProof.model_validate_json(canonical_bytes(parse_json(data)))
    except NotCanonical as error:
        raise InvalidInput("invalid_proof", f"{name} is not a proof", why=error.why) from None
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise InvalidInput("invalid_proof", f"{name} is not a proof", why="\n".join(faults[:5])) from None


def check_proof(proof: EventProof, anchors: Iterable[EventAnchor] = ()) -> ProofCheck:
    """Recompute everything. With anchors, one of them must fix a seal of the proof, and none may contradict it."""
    seal, held = proof.seals[0], list(anchors)
    faults = [*_event_faults(proof), *_seal_faults(proof)]
    known = {seal.seal_no: seal for seal in proof.seals}
    own = [anchor for anchor in held if anchor.tenant_id == proof.tenant_id and anchor.seal_no in known]
    faults += [fault for anchor in own if (fault := anchor_fault(anchor, known[anchor.seal_no]))]
    if held and not own:
        faults.append("no anchor that was given is of a seal of this proof")
    anchored: datetime | None = min((anchor.anchored_at for anchor in own), default=None)
    return ProofCheck(
        valid=not faults,
        tenant_id=proof.tenant_id,
        exception_id=proof.exception_id,
        event_no=proof.event_no,
        seal_no=seal.seal_no,
        sealed_at=seal.sealed_at,
        anchored_at=None if faults else anchored,
        faults=tuple(faults),
    )


def _event_faults(proof: EventProof) -> Iterable[str]:
    if proof.event is not None:
        said = dict(proof.event)
        leaf = event_leaf(tenant_id=proof.tenant_id, exception_id=proof.exception_id, **said)
        if leaf.hex() != proof.leaf:
            yield "the event is not what its leaf hash says"
    if proof.event_no + len(proof.following) != proof.last_event_no or proof.event_no < proof.first_event_no:
        yield "the seal closed other events than those of the proof"
    link = bytes.fromhex(proof.previous)
    for number, leaf_hex in enumerate((proof.leaf, *proof.following), start=proof.event_no):
        link = chain_hash(link, number, bytes.fromhex(leaf_hex))
    entry = SealEntry(proof.exception_id, proof.life, proof.first_event_no, proof.last_event_no, link)
    path = [bytes.fromhex(node) for node in proof.path]
    seal = proof.seals[0]
    root = root_of_path(entry.merkle_entry(), proof.index, seal.exceptions, path)
    if root is None or root.hex() != seal.root:
        yield "the path does not lead to the root of the seal"


def _seal_faults(proof: EventProof) -> Iterable[str]:
    for seal in proof.seals:
        if seal.tenant_id != proof.tenant_id:
            yield f"seal {seal.seal_no} is another tenant's"
        if not is_whole(seal):
            yield f"seal {seal.seal_no} is not what its hash says"
    for earlier, later in pairwise(proof.seals):
        if later.previous != earlier.hash or later.seal_no != earlier.seal_no + 1:
            yield f"seal {later.seal_no} does not follow from seal {earlier.seal_no}"
