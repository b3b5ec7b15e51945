"""One screen: the target, its schema and isolation, what it holds, what happened last, and what to type next."""

from collections.abc import Mapping

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.database import Isolation, SchemaState, Target


class TenantStanding(Model):
    """What a tenant holds. Every count ends at the status's `counted_to`; one that reaches it is that or more."""

    tenant_id: str
    status: str
    exceptions: Mapping[str, int]
    breached: int
    newest: Moment | None


class NewestException(Model):
    tenant_id: str
    exception_id: str
    type: str
    severity: str
    status: str
    created_at: Moment


class NewestEvent(Model):
    tenant_id: str
    exception_id: str
    event_type: str
    actor_id: str
    created_at: Moment


class SealStanding(Model):
    """`waiting` counts tenants whose events wait for a seal; `newest` is when anything was sealed last."""

    newest: Moment | None
    waiting: int


class ActivePack(Model):
    """A version that is active, and for how many tenants; `pack` None is for those that none decides for."""

    pack: str | None
    tenants: int


class RecentOperation(Model):
    at: Moment
    command: str
    actor: str
    tenant_id: str | None
    outcome: str


class Holdings(Model):
    """`tenants` are the few with most past their deadline, of `tenant_count`."""

    tenant_count: int
    counted_to: int
    tenants: tuple[TenantStanding, ...]
    newest_exception: NewestException | None
    newest_event: NewestEvent | None
    seals: SealStanding
    packs: tuple[ActivePack, ...]
    operations: tuple[RecentOperation, ...]


class DatabaseStatus(Model):
    """`holdings` is None where they could not be read, and then `unread` says why; of no schema there are none."""

    target: Target
    schema_state: SchemaState
    head_revision: str
    isolation: Isolation | None
    holdings: Holdings | None
    unread: str | None
    next_command: str
