"""From a plan to records: exceptions with their events, hashed and linked, ready to be stored.

Record n is decided by the run's identity, as-of and n alone. Its randomness comes from the streams `record`
(type, arrival, source, outcome, people), `payload`, `story`, `clock` and `id`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.event_fold import fold
from sentinai_cli.models.event_hash import canonical_time, record_digest
from sentinai_cli.models.exception import NewException, Severity, Status
from sentinai_cli.seeding.arrival import Arrivals
from sentinai_cli.seeding.decision import Decisions
from sentinai_cli.seeding.draft import Draft, Pools
from sentinai_cli.seeding.log import Log, when_at_work
from sentinai_cli.seeding.payload import draw_payload
from sentinai_cli.seeding.plan import SeedPlan
from sentinai_cli.seeding.randomness import Randomness, Stream
from sentinai_cli.seeding.story import INTAKE, Setting, tell

_MICROSECOND = timedelta(microseconds=1)


def generate(plan: SeedPlan, decisions: Decisions, start: int = 1, stop: int | None = None) -> Iterator[NewException]:
    """Records `start` to `stop` - 1, in order; numbers count from 1, the default is all of the plan.

    Any partition of a range gives the same records. `decisions` must come from the packs that the plan names.
    """
    run = _Run(plan, decisions)
    for number in range(start, plan.count + 1 if stop is None else stop):
        yield run.record(number)


class _Run:
    """What the records of one plan share."""

    def __init__(self, plan: SeedPlan, decisions: Decisions) -> None:
        self._plan = plan
        self._decisions = decisions
        self._randomness = Randomness(plan.key)
        self._pools = Pools(self._randomness, plan.vocabulary)
        self._arrivals = Arrivals(plan.timeline, plan.as_of)
        self._first_round = list(plan.recipe.types)
        self._randomness.stream("first-round", 0).shuffle(self._first_round)

    def record(self, number: int) -> NewException:
        plan = self._plan
        stream = self._randomness.stream("record", number)
        exception_type = self._type(number, stream)
        created_at = self._arrivals.draw(stream)
        recipe = plan.recipe.types[exception_type]
        source_system = recipe.source_table.draw(stream)
        draft = Draft(self._pools, self._randomness.stream("payload", number), created_at)
        drawn = draw_payload(recipe, plan.domain, draft)
        decided = self._decisions.severity(
            exception_type=exception_type,
            source_system=source_system,
            amount=drawn.amount,
            raw_payload=drawn.raw_payload,
            context=drawn.context,
        )
        owner = self._person(stream)
        setting = Setting(
            exception_type=exception_type,
            domain=plan.domain,
            entity=drawn.entity,
            context_fields=list(drawn.context),
            decided=decided,
            playbook=self._decisions.playbook(exception_type),
            needs_approval=self._decisions.approval_required(decided.severity),
            owner=owner,
            approver=self._person(stream, other_than=owner),
            desk=plan.recipe.desks[stream.below(len(plan.recipe.desks))],
            heading_for=self._outcome(created_at, decided.severity, stream),
        )
        exception_id = plan.exception_id(number)
        digest = record_digest(
            tenant_id=plan.tenant_id,
            exception_id=exception_id,
            domain=plan.domain,
            type=exception_type,
            source_system=source_system,
            entity=drawn.entity,
            amount=drawn.amount,
            currency=drawn.currency,
            raw_payload=drawn.raw_payload,
            normalized_context=drawn.context,
            created_at=created_at,
        )
        deadline = created_at + timedelta(hours=plan.timeline.sla_hours[decided.severity])
        created: dict[str, object] = {
            "source_system": source_system,
            "record_digest": digest.hex(),
            "severity": decided.severity.value,
            "status": Status.OPEN.value,
            "sla_deadline": canonical_time(deadline),
        }
        log = Log(plan.tenant_id, exception_id, self._randomness.stream("id", number))
        log.write(EventType.EXCEPTION_CREATED, INTAKE, created, created_at)
        self._live(log, setting, created_at, number)
        state = fold(log.events)
        return NewException(
            tenant_id=plan.tenant_id,
            exception_id=exception_id,
            domain=plan.domain,
            type=exception_type,
            severity=state.severity,
            status=state.status,
            source_system=source_system,
            entity=drawn.entity,
            amount=drawn.amount,
            currency=drawn.currency,
            sla_deadline=state.sla_deadline,
            owner=state.owner,
            current_playbook_id=state.current_playbook_id,
            current_step=state.current_step,
            raw_payload=drawn.raw_payload,
            normalized_context=drawn.context,
            source_digest=digest,
            created_at=created_at,
            updated_at=state.updated_at,
            resolved_at=state.resolved_at,
            events=tuple(log.events),
        )

    def _live(self, log: Log, setting: Setting, moment: datetime, number: int) -> None:
        timeline = self._plan.timeline
        clock = self._randomness.stream("clock", number)
        for happening in tell(setting, timeline, self._randomness.stream("story", number)):
            moment += _MICROSECOND * timeline.delays[happening.delay].draw(clock)
            if happening.actor[0] is ActorType.USER and setting.decided.severity is not Severity.CRITICAL:
                moment = when_at_work(moment, timeline.working_hours, clock)
            if moment > self._plan.as_of:
                return
            log.write(happening.event_type, happening.actor, happening.payload, moment)

    def _type(self, number: int, stream: Stream) -> str:
        """Each type once in the first records, by weight after that. Draws one word either way."""
        drawn = self._plan.recipe.type_table.draw(stream)
        return self._first_round[number - 1] if number <= len(self._first_round) else drawn

    def _outcome(self, created_at: datetime, severity: Severity, stream: Stream) -> Status:
        timeline = self._plan.timeline
        age = (self._plan.as_of - created_at) * 1000 // timedelta(hours=timeline.sla_hours[severity])
        for outcome in timeline.outcomes:
            if outcome.until_per_mille_of_sla is None or age < outcome.until_per_mille_of_sla:
                return outcome.table.draw(stream)
        return Status.OPEN

    def _person(self, stream: Stream, other_than: str | None = None) -> str:
        """Somebody of the tenant's desk; nobody approves what they own."""
        while True:
            person = str(self._pools.skewed("analysts", stream))
            if person != other_than:
                return person
