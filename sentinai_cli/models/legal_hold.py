"""A legal hold: somebody says why something must not be erased, until somebody says why it may."""

from uuid import UUID

from sentinai_cli.errors import Refused
from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult


class LegalHold(Model):
    """`exception_id` None holds everything of the tenant. The three last are None while it is in force."""

    tenant_id: str
    hold_id: UUID
    exception_id: str | None
    reason: str
    placed_at: Moment
    placed_by: str
    released_at: Moment | None
    released_by: str | None
    release_reason: str | None

    @property
    def covers(self) -> str:
        """What is held, in words."""
        return f"everything of {self.tenant_id}" if self.exception_id is None else self.exception_id


class LegalHoldList(ListResult[LegalHold]):
    """Holds by tenant, the oldest first."""


class LegalHoldPlaced(Model):
    """`placed` is False when the same was held for the same reason already."""

    placed: bool
    hold: LegalHold


class LegalHoldReleased(Model):
    """`released` is False when that had been done before."""

    released: bool
    hold: LegalHold


def under_hold(hold: LegalHold) -> Refused:
    """The failure of erasing what is held."""
    return Refused(
        "legal_hold",
        f"a legal hold keeps {hold.covers} from being erased",
        why=f"{hold.reason} (hold {hold.hold_id}, placed by {hold.placed_by})",
        fix=f"sentinai retention holds --tenant {hold.tenant_id}",
    )
