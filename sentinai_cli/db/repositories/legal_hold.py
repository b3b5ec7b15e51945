"""Legal holds."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, or_, select, text, true, update

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import legal_hold
from sentinai_cli.models.legal_hold import LegalHold

_LOCK = "SELECT pg_advisory_xact_lock{}(hashtextextended('sentinai.hold ' || :tenant_id, 0))"


class LegalHoldRepository(Repository):
    """A hold is placed and released once; nothing else of it changes, and none is removed."""

    def wait_for_erasure(self, tenant_id: str) -> None:
        """Let nothing of the tenant be erased until this transaction ends, once what is being erased is gone."""
        self._connection.execute(text(_LOCK.format("")), {"tenant_id": tenant_id})

    def keep_out(self, tenant_id: str) -> None:
        """Let no hold on anything of the tenant be placed until this transaction ends."""
        self._connection.execute(text(_LOCK.format("_shared")), {"tenant_id": tenant_id})

    def list_all(self, *, released: bool = False) -> list[LegalHold]:
        """The holds in force in scope, or with `released` all there ever were, by tenant, oldest first."""
        return self._select(true() if released else legal_hold.c.released_at.is_(None))

    def get(self, hold_id: UUID) -> LegalHold | None:
        """The hold of this id in scope."""
        return next(iter(self._select(legal_hold.c.hold_id == hold_id)), None)

    def on_tenant(self, tenant_id: str) -> list[LegalHold]:
        """What is in force for the tenant as a whole or for single exceptions, oldest first."""
        return self._select(legal_hold.c.tenant_id == tenant_id, legal_hold.c.released_at.is_(None))

    def on_exceptions(self, tenant_id: str, exception_ids: Sequence[str]) -> list[LegalHold]:
        """What keeps any of these from being erased, those on the tenant as a whole first."""
        covered = or_(legal_hold.c.exception_id.is_(None), legal_hold.c.exception_id.in_(exception_ids))
        found = self._select(legal_hold.c.tenant_id == tenant_id, legal_hold.c.released_at.is_(None), covered)
        return sorted(found, key=lambda hold: hold.exception_id is not None)

    def place(self, tenant_id: str, hold_id: UUID, *, exception_id: str | None, reason: str, by: str) -> LegalHold:
        """Hold the tenant as a whole (`exception_id` None) or one exception; waits for erasure as above."""
        new = insert(legal_hold).values(
            tenant_id=tenant_id, hold_id=hold_id, exception_id=exception_id, reason=reason, placed_by=by
        )
        row = self._connection.execute(new.returning(legal_hold)).mappings().one()
        return LegalHold.model_validate(dict(row))

    def release(self, hold: LegalHold, *, reason: str, by: str) -> LegalHold | None:
        """End the hold; None when it was not in force any more."""
        ended = (
            update(legal_hold)
            .where(
                self._in_scope(legal_hold),
                legal_hold.c.tenant_id == hold.tenant_id,
                legal_hold.c.hold_id == hold.hold_id,
                legal_hold.c.released_at.is_(None),
            )
            .values(released_at=func.clock_timestamp(), released_by=by, release_reason=reason)
        )
        row = self._connection.execute(ended.returning(legal_hold)).mappings().first()
        return None if row is None else LegalHold.model_validate(dict(row))

    def _select(self, *conditions: ColumnElement[bool]) -> list[LegalHold]:
        wanted = select(legal_hold).where(self._in_scope(legal_hold), *conditions)
        ordered = wanted.order_by(legal_hold.c.tenant_id, legal_hold.c.placed_at, legal_hold.c.hold_id)
        return [LegalHold.model_validate(dict(row)) for row in self._connection.execute(ordered).mappings()]
