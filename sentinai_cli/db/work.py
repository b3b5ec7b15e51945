"""One transaction, one scope, its repositories. There is no commit() to forget: leaving the block commits."""

from datetime import UTC, datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import Connection

from sentinai_cli.db.driver import driver
from sentinai_cli.db.repositories.copilot import CopilotRepository
from sentinai_cli.db.repositories.database_info import DatabaseInfoRepository
from sentinai_cli.db.repositories.domain_pack import DomainPackRepository
from sentinai_cli.db.repositories.erasure import ErasureRepository
from sentinai_cli.db.repositories.event import EventRepository
from sentinai_cli.db.repositories.event_chain import EventChainRepository
from sentinai_cli.db.repositories.event_list import EventListRepository
from sentinai_cli.db.repositories.event_seal import EventSealRepository
from sentinai_cli.db.repositories.exception import ExceptionRepository
from sentinai_cli.db.repositories.exception_breakdown import ExceptionBreakdownRepository
from sentinai_cli.db.repositories.exception_similar import ExceptionSimilarRepository
from sentinai_cli.db.repositories.exception_sla import ExceptionSlaRepository
from sentinai_cli.db.repositories.exception_state import ExceptionStateRepository
from sentinai_cli.db.repositories.exception_upsert import ExceptionUpsertRepository
from sentinai_cli.db.repositories.exception_vector import ExceptionVectorRepository
from sentinai_cli.db.repositories.legal_hold import LegalHoldRepository
from sentinai_cli.db.repositories.operation import OperationRepository
from sentinai_cli.db.repositories.pack_activation import PackActivationRepository
from sentinai_cli.db.repositories.playbook import PlaybookRepository
from sentinai_cli.db.repositories.playbook_step import PlaybookStepRepository
from sentinai_cli.db.repositories.policy_pack import PolicyPackRepository
from sentinai_cli.db.repositories.retention import RetentionRepository
from sentinai_cli.db.repositories.seed import SeedRepository
from sentinai_cli.db.repositories.tenant import TenantRepository
from sentinai_cli.db.repositories.tenant_purge import TenantPurgeRepository
from sentinai_cli.db.repositories.tenant_usage import TenantUsageRepository
from sentinai_cli.db.repositories.tool import ToolRepository
from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.operation import Operation, Outcome
from sentinai_cli.models.operation_context import OperationContext
from sentinai_cli.models.scope import Scope
from sentinai_cli.models.uuid7 import new_id


class Work:
    """The repositories of one transaction, each bound to its scope."""

    def __init__(self, connection: Connection, scope: Scope, context: OperationContext) -> None:
        self.connection = connection
        self.scope = scope
        self.context = context

    @cached_property
    def database_info(self) -> DatabaseInfoRepository:
        """What the database says about itself."""
        return DatabaseInfoRepository(self.connection, self.scope)

    @cached_property
    def tenants(self) -> TenantRepository:
        """Tenants."""
        return TenantRepository(self.connection, self.scope)

    @cached_property
    def tenant_usages(self) -> TenantUsageRepository:
        """How much tenants hold."""
        return TenantUsageRepository(self.connection, self.scope)

    @cached_property
    def tenant_purges(self) -> TenantPurgeRepository:
        """The way out for a tenant."""
        return TenantPurgeRepository(self.connection, self.scope)

    @cached_property
    def domain_packs(self) -> DomainPackRepository:
        """Domain pack versions."""
        return DomainPackRepository(self.connection, self.scope)

    @cached_property
    def policy_packs(self) -> PolicyPackRepository:
        """Policy pack versions."""
        return PolicyPackRepository(self.connection, self.scope)

    @cached_property
    def pack_activations(self) -> PackActivationRepository:
        """Pack activations."""
        return PackActivationRepository(self.connection, self.scope)

    @cached_property
    def playbooks(self) -> PlaybookRepository:
        """Tenants' playbooks."""
        return PlaybookRepository(self.connection, self.scope)

    @cached_property
    def playbook_steps(self) -> PlaybookStepRepository:
        """The steps of tenants' playbooks."""
        return PlaybookStepRepository(self.connection, self.scope)

    @cached_property
    def tools(self) -> ToolRepository:
        """Tenants' tools."""
        return ToolRepository(self.connection, self.scope)

    @cached_property
    def exceptions(self) -> ExceptionRepository:
        """Exceptions."""
        return ExceptionRepository(self.connection, self.scope)

    @cached_property
    def exception_states(self) -> ExceptionStateRepository:
        """The states that acts look at."""
        return ExceptionStateRepository(self.connection, self.scope)

    @cached_property
    def exception_similars(self) -> ExceptionSimilarRepository:
        """Cases like one exception."""
        return ExceptionSimilarRepository(self.connection, self.scope)

    @cached_property
    def copilot(self) -> CopilotRepository:
        """What an assistant asks."""
        return CopilotRepository(self.connection, self.scope)

    @cached_property
    def exception_slas(self) -> ExceptionSlaRepository:
        """Counts behind deadlines."""
        return ExceptionSlaRepository(self.connection, self.scope)

    @cached_property
    def exception_breakdowns(self) -> ExceptionBreakdownRepository:
        """Counts by chosen attributes."""
        return ExceptionBreakdownRepository(self.connection, self.scope)

    @cached_property
    def exception_upserts(self) -> ExceptionUpsertRepository:
        """Records put where exceptions may be already."""
        return ExceptionUpsertRepository(self.connection, self.scope)

    @cached_property
    def exception_vectors(self) -> ExceptionVectorRepository:
        """Exceptions cut down to what rules look at."""
        return ExceptionVectorRepository(self.connection, self.scope)

    @cached_property
    def events(self) -> EventRepository:
        """The event log."""
        return EventRepository(self.connection, self.scope)

    @cached_property
    def event_chains(self) -> EventChainRepository:
        """The event log beside its exceptions, for verification."""
        return EventChainRepository(self.connection, self.scope)

    @cached_property
    def event_lists(self) -> EventListRepository:
        """Events across exceptions."""
        return EventListRepository(self.connection, self.scope)

    @cached_property
    def event_seals(self) -> EventSealRepository:
        """Seals of the event log."""
        return EventSealRepository(self.connection, self.scope)

    @cached_property
    def erasures(self) -> ErasureRepository:
        """The way out for exceptions."""
        return ErasureRepository(self.connection, self.scope)

    @cached_property
    def retentions(self) -> RetentionRepository:
        """What is beyond its time to live."""
        return RetentionRepository(self.connection, self.scope)

    @cached_property
    def legal_holds(self) -> LegalHoldRepository:
        """What must not be erased."""
        return LegalHoldRepository(self.connection, self.scope)

    @cached_property
    def operations(self) -> OperationRepository:
        """The operator journal."""
        return OperationRepository(self.connection, self.scope)

    @cached_property
    def seeds(self) -> SeedRepository:
        """Seed runs and their chunks."""
        return SeedRepository(self.connection, self.scope)

    def record(
        self,
        outcome: Outcome = Outcome.DONE,
        *,
        tenant_id: str | None = None,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> UUID:
        """Enter this command in the journal, in the same transaction as what it changed; the new entry's id.

        `before` and `after` hold ids, versions and digests, never personal data.
        """
        operation = self._operation(outcome, tenant_id, before or {}, after or {})
        self.operations.add(operation)
        return operation.operation_id

    def record_reading(self, *, tenant_id: str | None) -> None:
        """Enter that this command looks at data, with a digest of what it was asked; `tenant_id` None is all tenants.

        Nothing waits for it to reach the disk: a reading that a crash forgets is no change that it forgets.
        """
        driver(self.connection).execute("SET LOCAL synchronous_commit = off")
        asked = self.context.arguments
        after: dict[str, object] = {"options": sorted(asked), "filter": checksum(asked)}
        looked = self._operation(Outcome.DONE, tenant_id, {}, after)
        self.operations.add(looked.model_copy(update={"arguments": {}, "reads": True}))

    def _operation(
        self, outcome: Outcome, tenant_id: str | None, before: dict[str, object], after: dict[str, object]
    ) -> Operation:
        at = datetime.now(UTC)
        elapsed = at - self.context.started_at
        return Operation(
            operation_id=new_id(at),
            at=at,
            command=self.context.command,
            arguments=self.context.arguments,
            actor=self.context.actor,
            reason=self.context.reason,
            tenant_id=tenant_id,
            outcome=outcome,
            duration_ms=max(0, round(elapsed.total_seconds() * 1000)),
            before=before,
            after=after,
            tool_version=self.context.tool_version,
        )
