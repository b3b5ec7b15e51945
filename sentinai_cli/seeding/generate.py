"""From a plan to records: exceptions with their events, hashed and linked, ready to be stored.

Record n is decided by the run's identity, as-of and n alone. Its randomness comes from the streams `record`
(type, arrival, source, outcome, people), `payload`, `story`, `clock` and `id`.
"""

from collections.abc import Iterator

from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception import NewException, Severity, Status
from sentinai_cli.models.prepared_exception import PreparedException, restored
from sentinai_cli.seeding.arrival import Arrivals
from sentinai_cli.seeding.decision import Decisions
from sentinai_cli.seeding.draft import Draft, Pools
from sentinai_cli.seeding.log import Log, canonical_text, record_digest
from sentinai_cli.seeding.moment import HOUR, at_work, canonical, microseconds, moment
from sentinai_cli.seeding.payload import draw_payload
from sentinai_cli.seeding.plan import SeedPlan
from sentinai_cli.seeding.randomness import Randomness, Stream
from sentinai_cli.seeding.state import State
from sentinai_cli.seeding.story import INTAKE, Setting, tell


def generate(plan: SeedPlan, decisions: Decisions, start: int = 1, stop: int | None = None) -> Iterator[NewException]:
    """Records `start` to `stop` - 1, in order; numbers count from 1, the default is all of the plan.

    Any partition of a range gives the same records. `decisions` must come from the packs that the plan names.
    """
    return map(restored, prepare(plan, decisions, start, stop))


def prepare(
    plan: SeedPlan, decisions: Decisions, start: int = 1, stop: int | None = None
) -> Iterator[PreparedException]:
    """The same records as `generate` gives, as they are loaded; much sooner."""
    run = _Run(plan, decisions)
    return map(run.record, range(start, plan.count + 1 if stop is None else stop))


class _Run:
    """What the records of one plan share."""

    def __init__(self, plan: SeedPlan, decisions: Decisions) -> None:
        self._plan = plan
        self._as_of = microseconds(plan.as_of)
        self._decisions = decisions
        self._randomness = Randomness(plan.key)
        self._pools = Pools(self._randomness, plan.vocabulary)
        self._arrivals = Arrivals(plan.timeline, plan.as_of)
        self._first_round = list(plan.recipe.types)
        self._randomness.stream("first-round", 0).shuffle(self._first_round)
        self._playbooks = {name: decisions.playbook(name) for name in plan.recipe.types}
        self._approvals = {severity: decisions.approval_required(severity) for severity in Severity}
        self._sla = {severity: hours * HOUR for severity, hours in plan.timeline.sla_hours.items()}

    def record(self, number: int) -> PreparedException:
        plan = self._plan
        stream = self._randomness.stream("record", number)
        exception_type = self._type(number, stream)
        arrived = self._arrivals.draw(stream)
        recipe = plan.recipe.types[exception_type]
        source_system = recipe.source_table.draw(stream)
        draft = Draft(self._pools, self._randomness.stream("payload", number), moment(arrived))
        drawn = draw_payload(recipe, plan.domain, draft)
        decided = self._decisions.severity(
            exception_type=exception_type,
            source_system=source_system,
            amount=drawn.amount,
            raw_payload=drawn.raw_payload,
            context=drawn.context,
        )
        severity = decided.severity
        owner = self._person(stream)
        setting = Setting(
            exception_type=exception_type,
            domain=plan.domain,
            entity=drawn.entity,
            context_fields=list(drawn.context),
            decided=decided,
            playbook=self._playbooks[exception_type],
            needs_approval=self._approvals[severity],
            owner=owner,
            approver=self._person(stream, other_than=owner),
            desk=plan.recipe.desks[stream.below(len(plan.recipe.desks))],
            heading_for=self._outcome(arrived, severity, stream),
        )
        exception_id = plan.exception_id(number)
        created_at, deadline = canonical(arrived), canonical(arrived + self._sla[severity])
        record = PreparedException(
            tenant_id=plan.tenant_id,
            exception_id=exception_id,
            domain=plan.domain,
            type=exception_type,
            severity=severity.value,
            status=Status.OPEN.value,
            source_system=source_system,
            entity=drawn.entity,
            amount=None if drawn.amount is None else format(drawn.amount, "f"),
            currency=drawn.currency,
            sla_deadline=deadline,
            owner=None,
            current_playbook_id=None,
            current_step=None,
            raw_payload=canonical_text(drawn.raw_payload),
            normalized_context=canonical_text(drawn.context),
            source_digest=b"",
            created_at=created_at,
            updated_at=created_at,
            resolved_at=None,
            events=[],
        )
        record.source_digest = record_digest(record)
        created: dict[str, object] = {
            "source_system": source_system,
            "record_digest": record.source_digest.hex(),
            "severity": record.severity,
            "status": record.status,
            "sla_deadline": deadline,
        }
        log = Log(plan.tenant_id, exception_id, self._randomness.stream("id", number).word)
        log.write(EventType.EXCEPTION_CREATED, INTAKE, created, arrived)
        record.events = log.events
        self._live(log, State(record), setting, arrived, number)
        return record

    def _live(self, log: Log, state: State, setting: Setting, at: int, number: int) -> None:
        timeline, as_of = self._plan.timeline, self._as_of
        clock = self._randomness.stream("clock", number)
        delays, hurries = timeline.delays, setting.decided.severity is Severity.CRITICAL
        for happening in tell(setting, timeline, self._randomness.stream("story", number)):
            at += delays[happening.delay].draw(clock)
            if not hurries and happening.actor[0] is ActorType.USER:
                at = at_work(at, timeline.working_hours, clock.word)
            if at > as_of:
                return
            written = log.write(happening.event_type, happening.actor, happening.payload, at)
            state.take(happening.event_type, happening.payload, written)

    def _type(self, number: int, stream: Stream) -> str:
        """Each type once in the first records, by weight after that. Draws one word either way."""
        drawn = self._plan.recipe.type_table.draw(stream)
        return self._first_round[number - 1] if number <= len(self._first_round) else drawn

    def _outcome(self, arrived: int, severity: Severity, stream: Stream) -> Status:
        age = (self._as_of - arrived) * 1000 // self._sla[severity]
        for outcome in self._plan.timeline.outcomes:
            if outcome.until_per_mille_of_sla is None or age < outcome.until_per_mille_of_sla:
                return outcome.table.draw(stream)
        return Status.OPEN

    def _person(self, stream: Stream, other_than: str | None = None) -> str:
        """Somebody of the tenant's desk; nobody approves what they own."""
        while True:
            person = str(self._pools.skewed("analysts", stream))
            if person != other_than:
                return person
