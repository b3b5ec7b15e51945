"""Placing and releasing legal holds."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound
from sentinai_cli.models.legal_hold import LegalHold, LegalHoldList, LegalHoldPlaced, LegalHoldReleased, under_hold
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.uuid7 import new_id
from sentinai_cli.services.exception import unknown_exception
from sentinai_cli.services.tenant import require_tenant

LONGEST_REASON = 1000


def place_hold(database: Database, tenant_id: str, exception_id: str | None, *, now: datetime) -> LegalHoldPlaced:
    """Keep an exception, or with None everything of the tenant, from being erased; the run's reason is why.

    When it returns, nothing of what is held goes any more, whatever is running. The same hold for the same reason is
    not placed twice. Raises NotFound for no such tenant or exception, InvalidInput without a reason, and Conflict when
    erasure that is under way does not end in time.
    """
    with database.begin(TenantScope(tenant_id)) as work:
        reason = _reason(work, "a hold")
        require_tenant(work, TenantScope(tenant_id))
        work.legal_holds.wait_for_erasure(tenant_id)
        if exception_id is not None and work.exceptions.get(tenant_id, exception_id) is None:
            raise unknown_exception(exception_id)
        present = work.legal_holds.on_tenant(tenant_id)
        same = [hold for hold in present if (hold.exception_id, hold.reason) == (exception_id, reason)]
        if same:
            work.record(Outcome.UNCHANGED, tenant_id=tenant_id, after=_told(same[0]))
            return LegalHoldPlaced(placed=False, hold=same[0])
        placed = work.legal_holds.place(
            tenant_id, new_id(now), exception_id=exception_id, reason=reason, by=work.context.actor
        )
        work.record(tenant_id=tenant_id, after=_told(placed))
    return LegalHoldPlaced(placed=True, hold=placed)


def find_hold(database: Database, hold_id: str) -> LegalHold:
    """The hold of this id. Raises NotFound, and InvalidInput for what is no id."""
    try:
        wanted = UUID(hold_id)
    except ValueError:
        raise InvalidInput(
            "invalid_hold_id", f"{hold_id[:80]!r} is not the id of a hold", fix="sentinai retention holds"
        ) from None
    with database.begin(AllTenants(), read_only=True) as work:
        found = work.legal_holds.get(wanted)
    if found is None:
        raise NotFound("hold_not_found", f"there is no legal hold {wanted}", fix="sentinai retention holds")
    return found


def release_hold(database: Database, hold: LegalHold) -> LegalHoldReleased:
    """Let what was held be erased again, as far as no other hold covers it. Raises InvalidInput without a reason."""
    with database.begin(TenantScope(hold.tenant_id)) as work:
        ended = work.legal_holds.release(hold, reason=_reason(work, "a release"), by=work.context.actor)
        outcome = Outcome.UNCHANGED if ended is None else Outcome.DONE
        work.record(outcome, tenant_id=hold.tenant_id, before=_told(hold))
        present = ended or work.legal_holds.get(hold.hold_id)
        assert present is not None
    return LegalHoldReleased(released=ended is not None, hold=present)


def list_holds(database: Database, scope: TenantScope | AllTenants, *, released: bool) -> LegalHoldList:
    """The holds in force, or with `released` all there ever were. Raises NotFound for an unknown tenant."""
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        return LegalHoldList.whole(work.legal_holds.list_all(released=released))


def refuse_held(database: Database) -> None:
    """Raise Refused while anything in the database is held: for what would take all of it away.

    A schema from before there were holds has none.
    """
    with suppress(CheckFailed), database.begin(AllTenants(), read_only=True) as work:
        if held := work.legal_holds.list_all():
            raise under_hold(held[0])


def _reason(work: Work, what: str) -> str:
    reason = (work.context.reason or "").strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise InvalidInput(
            "reason_needed", f"{what} needs a reason of 1 to {LONGEST_REASON} characters", why="give --reason TEXT"
        )
    return reason


def _told(hold: LegalHold) -> dict[str, object]:
    return {"hold": str(hold.hold_id), "exception": hold.exception_id}
