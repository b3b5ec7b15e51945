"""The future of one seed run: what has arrived, what is still to happen and when."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from heapq import heappop, heappush
from uuid import UUID

import orjson

from sentinai_cli.db.engine import Database
from sentinai_cli.db.failure import translated
from sentinai_cli.db.repositories.copy_text import copy_text
from sentinai_cli.db.seed_writer import SeedWriter, seed_writer
from sentinai_cli.db.work import Work
from sentinai_cli.errors import Conflict, NotFound
from sentinai_cli.models.event import ActorType, EventDraft, EventType
from sentinai_cli.models.prepared_exception import PreparedEvent, PreparedException
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.seed import SeedRun
from sentinai_cli.models.seed_drip import SeedDripRequest
from sentinai_cli.seeding.generate import FOREVER, Run
from sentinai_cli.seeding.moment import microseconds, moment
from sentinai_cli.seeding.plan import Drip, run_digest
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.event_append import append
from sentinai_cli.services.seed_plan import PlannedRun

CHUNK = 500
WATCHED = 2000
"""So many unresolved exceptions of a run, the newest, move along."""

Due = tuple[int, str, int]
"""When, which exception, and the place of the event in its story, counted from 0."""


class Dripped:
    """One tenant's drip; a context manager. Moments inside are microseconds since 1970."""

    def __init__(
        self, database: Database, base: SeedRun, planned: PlannedRun, request: SeedDripRequest, began: datetime
    ) -> None:
        self._database = database
        self._base = planned
        self._base_at = microseconds(base.as_of)
        self._speed = request.speed
        pace = Drip(request.every, request.speed)
        start = began.replace(microsecond=0)
        self._plan = replace(planned.plan, as_of=start, drip=pace, own_as_of=request.new_run)
        self._decisions = PackDecisions(planned.domain_pack, planned.policy_pack, remembers=False)
        self._stack = ExitStack()
        self._due: list[Due] = []
        self._stories: dict[str, list[PreparedEvent]] = {}
        self.records = self.inserted = self.events = self.left_alone = 0

    def __enter__(self) -> "Dripped":
        self._writer: SeedWriter = self._stack.enter_context(seed_writer(self._database, self.run))
        if not self._writer.is_alone():
            self._stack.close()
            raise Conflict(
                "seed_drip_running",
                f"the drip of {self.run.tenant_id} is running already",
                why="two would write the same exceptions",
                fix=f"sentinai seed drip --tenant {self.run.tenant_id} --new-run",
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def new_run(self) -> SeedRun:
        """The drip as a run, before its first record."""
        return PlannedRun(self._plan, self._base.domain_pack, self._base.policy_pack).new_run

    @property
    def domain(self) -> str:
        return self._plan.domain

    @property
    def of(self) -> str:
        """The prefix of the run that it goes on from."""
        return self._base.plan.prefix

    @property
    def prefix(self) -> str:
        return self._plan.prefix

    def adopt(self, run: SeedRun, *, given: datetime | None) -> None:
        """Take the moment at which the stored drip began. Raises Conflict when another was given."""
        planned = PlannedRun(self._plan, self._base.domain_pack, self._base.policy_pack).of(run, given=given)
        self.run = run
        self._plan = planned.plan
        self._began = microseconds(run.as_of)
        self._run = Run(self._plan, self._decisions)

    def look(self, work: Work) -> None:
        """See what has arrived, and what is still to happen to what is unresolved."""
        tenant_id = self.run.tenant_id
        written = work.seeds.written(tenant_id, self.run.identity)
        self.records = max((chunk.stop - 1 for chunk in written), default=0)
        base = Run(self._base.plan, self._decisions)
        for source, prefix in ((base, self.of), (self._run, self.prefix)):
            ids = work.seeds.unresolved(tenant_id, prefix, WATCHED)
            stored = work.seeds.stored(tenant_id, ids)
            for exception_id in ids:
                record = source.record(int(exception_id.rpartition("-")[2]), FOREVER)
                told = [str(event.event_id) for event in stored[exception_id][1]]
                if told == [event.event_id for event in record.events[: len(told)]]:
                    self._expect(record, len(told))
                else:
                    self.left_alone += 1

    def due(self, at: datetime) -> int:
        """How many exceptions would have arrived by now that have not."""
        return max(0, (microseconds(at) - self._began) // self._run_pace - self.records)

    def next_in(self, at: datetime) -> float:
        """Seconds until something happens."""
        arrives = self._run.arrival(self.records + 1)
        return (min(arrives, self._due[0][0] if self._due else arrives) - microseconds(at)) / 1_000_000

    def go_on(self, at: datetime) -> int:
        """Let happen what is due by now; how many exceptions arrived."""
        until = microseconds(at)
        arrived = 0
        while new := self._arriving(until):
            rows = copy_text(self.run.tenant_id, new)
            with translated():
                arrived += self._writer.write(self.records + 1, new, rows)
            for number in range(self.records + 1, self.records + 1 + len(new)):
                if len(self._stories) < 2 * WATCHED:
                    self._expect(self._run.record(number, FOREVER), 1)
            self.records += len(new)
        self.inserted += arrived
        while self._due and self._due[0][0] <= until:
            self._happen(self._due[0][1], until)
        return arrived

    def digest(self) -> str:
        """Of the records as they arrived."""
        records = map(self._run.record, range(1, self.records + 1))
        return run_digest((record.exception_id, record.source_digest, record.events[-1].hash) for record in records)

    @property
    def _run_pace(self) -> int:
        assert self._plan.drip is not None
        return self._plan.drip.every

    def _arriving(self, until: int) -> list[PreparedException]:
        def due() -> Iterator[PreparedException]:
            number = self.records + 1
            while number <= self.records + CHUNK and self._run.arrival(number) <= until:
                yield self._run.record(number)
                number += 1

        return list(due())

    def _expect(self, record: PreparedException, place: int) -> None:
        if place < len(record.events):
            self._stories[record.exception_id] = record.events
            due = self._time_of(record.exception_id, record.events[place])
            heappush(self._due, (due, record.exception_id, place))

    def _time_of(self, exception_id: str, event: PreparedEvent) -> int:
        """Of the run's own exceptions the time goes on from as-of, as many times as fast; the drip's know the pace."""
        at = microseconds(datetime.fromisoformat(event.created_at))
        if exception_id.startswith(f"{self.prefix}-"):
            return at
        return self._began + max(0, at - self._base_at) // self._speed

    def _happen(self, exception_id: str, until: int) -> None:
        """Let happen what is due of one exception, unless somebody else did something about it."""
        _, _, place = heappop(self._due)
        events = self._stories[exception_id]
        stop = place
        while stop < len(events) and self._time_of(exception_id, events[stop]) <= until:
            stop += 1
        if not self._appended(exception_id, place, events[place:stop]):
            self.left_alone += 1
            del self._stories[exception_id]
            return
        self.events += stop - place
        if stop < len(events):
            heappush(self._due, (self._time_of(exception_id, events[stop]), exception_id, stop))
        else:
            del self._stories[exception_id]

    def _appended(self, exception_id: str, place: int, events: list[PreparedEvent]) -> bool:
        """Append events after the first `place` ones; False when there are others by now, or the exception is gone."""
        tenant_id = self.run.tenant_id
        try:
            with self._database.begin(TenantScope(tenant_id)) as work:
                if work.seeds.heads(tenant_id, [exception_id]).get(exception_id) != place:
                    return False
                for event in events:
                    append(work, tenant_id, exception_id, self._draft(exception_id, event))
        except (NotFound, Conflict):
            return False
        return True

    def _draft(self, exception_id: str, event: PreparedEvent) -> EventDraft:
        return EventDraft(
            event_id=UUID(event.event_id),
            event_type=EventType(event.event_type),
            actor_type=ActorType(event.actor_type),
            actor_id=event.actor_id,
            payload=orjson.loads(event.payload),
            created_at=moment(self._time_of(exception_id, event)),
        )
