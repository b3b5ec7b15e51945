"""Histories of several tenants in one database: what happens to whom, in which order, each step by fixed numbers.

Ids, event ids and run identities are the same for every tenant, so that they collide wherever they can.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import insert

from sentinai_cli.db.engine import Database
from sentinai_cli.db.schema import seed_chunk
from sentinai_cli.models.event import ActorType, EventDraft, EventType
from sentinai_cli.models.exception import Severity, Status
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.seed import SeedRun, SeedRunState
from sentinai_cli.services.event_seal import seal_events
from sentinai_cli.services.pack_activation import activate_pack
from tests.db.records import EPOCH, record
from tests.services.packs import policy_edition, put, trading_edition

SELF, OTHERS = "A", ("B", "C")


@dataclass(frozen=True)
class Step:
    """Something that happens to one tenant. `number` says which exception, run or edition."""

    tenant: str
    act: str
    number: int


def comment(number: int) -> EventDraft:
    """The event that a tenant may append, whose id every tenant uses."""
    return EventDraft(
        event_id=UUID(int=number << 64),
        event_type=EventType.COMMENT_ADDED,
        actor_type=ActorType.USER,
        actor_id="tester",
        payload={"text": f"comment {number}"},
        created_at=EPOCH + timedelta(days=number),
    )


def run(tenant_id: str, number: int) -> SeedRun:
    """A seed run that has just begun."""
    return SeedRun(
        tenant_id=tenant_id,
        identity=f"{number:064x}",
        scenario="default",
        seed=number,
        manifest={},
        as_of=EPOCH,
        state=SeedRunState.RUNNING,
        records=0,
        digest=None,
    )


def _load(database: Database, step: Step) -> None:
    severity, status = list(Severity)[step.number % 4], list(Status)[step.number % 4]
    numbers = range(step.number, step.number + 2)
    records = [record(step.tenant, number, domain="Trading", severity=severity, status=status) for number in numbers]
    with database.begin(TenantScope(step.tenant)) as work:
        work.exceptions.load(step.tenant, records)


def _comment(database: Database, step: Step) -> None:
    with suppress(LookupError), database.begin(TenantScope(step.tenant)) as work:
        work.events.append_event_if_new(step.tenant, f"EX-{step.number:06d}", comment(step.number))


def _policy(database: Database, step: Step) -> None:
    put(database, policy_edition(step.number, tenant_id=step.tenant))
    activate_pack(database, step.tenant, PackReference.parse(f"policy:{step.tenant}"))


def _activate(database: Database, step: Step) -> None:
    activate_pack(database, step.tenant, PackReference.parse(f"domain:Trading@{1 + step.number % 2}"))


def _seed(database: Database, step: Step) -> None:
    with database.begin(TenantScope(step.tenant)) as work:
        begun = work.seeds.begin(run(step.tenant, step.number))
        chunk = {"first_no": 1, "records": 2, "inserted": 1}
        key = {"tenant_id": step.tenant, "identity": begun.identity}
        work.connection.execute(insert(seed_chunk).values(**key, **chunk).on_conflict_do_nothing())
        if step.number % 2:
            work.seeds.finish(begun, records=2, digest="0" * 64, at=EPOCH)


def _journal(database: Database, step: Step) -> None:
    with database.begin(TenantScope(step.tenant)) as work:
        work.record(tenant_id=step.tenant)


def _seal(database: Database, step: Step) -> None:
    seal_events(database, TenantScope(step.tenant), now=EPOCH + timedelta(days=step.number), advance=lambda _: None)


def _hold(database: Database, step: Step) -> None:
    """The same id for every tenant's hold on its exception of this number."""
    with database.begin(TenantScope(step.tenant)) as work:
        known = [hold.hold_id for hold in work.legal_holds.list_all(released=True)]
        if UUID(int=step.number) not in known:
            name = f"EX-{step.number:06d}"
            work.legal_holds.place(step.tenant, UUID(int=step.number), exception_id=name, reason="x", by="x")


ACTS: dict[str, Callable[[Database, Step], None]] = {
    "load": _load,
    "comment": _comment,
    "policy": _policy,
    "activate": _activate,
    "seed": _seed,
    "journal": _journal,
    "seal": _seal,
    "hold": _hold,
}

steps = st.builds(Step, st.sampled_from([SELF, *OTHERS]), st.sampled_from(sorted(ACTS)), st.integers(1, 4))
histories = st.lists(steps, min_size=4, max_size=12)

EVERYTHING = [Step(tenant, act, number) for number in (1, 2) for act in ACTS for tenant in (SELF, *OTHERS)]
"""Every act on every tenant, interleaved."""


def play(database: Database, history: Iterable[Step], tenants: Iterable[str]) -> None:
    """What happened to these tenants, in a migrated and empty database; the others were never there."""
    wanted = tuple(tenants)
    with database.begin(AllTenants()) as work:
        for tenant_id in wanted:
            work.tenants.add(tenant_id, name=tenant_id, domain="Trading")
    for edition in (1, 2):
        put(database, trading_edition(edition))
    for step in history:
        if step.tenant in wanted:
            ACTS[step.act](database, step)
