"""How far an exception is in its playbook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.event import Event, EventType
from sentinai_cli.models.playbook import PlaybookStep


class StepProgress(StrEnum):
    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"


class ExceptionStep(Model):
    """One step; `done_at`, `done_by` and `notes` are those of the event that completed it."""

    step_order: int
    name: str | None
    action: str | None
    description: str | None
    progress: StepProgress
    done_at: Moment | None = None
    done_by: str | None = None
    notes: str | None = None


class ExceptionPlaybook(Model):
    """The playbook that an exception has, or had last. `current_step` None: it is completed, or was never begun.

    `version` is the tenant's newest content with these steps; None when none has them, and then of the steps only
    those that events tell of have an action.
    """

    playbook_id: str
    version: int | None
    name: str | None
    started_at: Moment | None
    completed: bool
    current_step: int | None
    steps: tuple[ExceptionStep, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What events tell of the run that is the last one of a playbook. `steps` None: no event says that it began."""

    steps: int | None
    started_at: datetime | None
    completed: bool
    done: tuple[Event, ...]

    def fits(self, steps: Sequence[PlaybookStep]) -> bool:
        """Whether these may be the steps that the run went by."""
        actions = {step.step_order: step.action for step in steps}
        return self.steps in (None, len(steps)) and all(
            actions.get(_order(event)) == event.payload.get("action") for event in self.done
        )


def last_run(events: Iterable[Event], playbook_id: str) -> Run:
    """The last run of this playbook that the events tell of, in order."""
    steps, started_at, completed = None, None, False
    done: list[Event] = []
    for event in events:
        if event.payload.get("playbook_id") != playbook_id:
            continue
        if event.event_type == EventType.PLAYBOOK_STARTED:
            told = event.payload.get("steps")
            steps, started_at, completed, done = told if isinstance(told, int) else None, event.created_at, False, []
        elif event.event_type == EventType.PLAYBOOK_STEP_COMPLETED:
            done.append(event)
        elif event.event_type == EventType.PLAYBOOK_COMPLETED:
            completed = True
    return Run(steps=steps, started_at=started_at, completed=completed, done=tuple(done))


def steps_of_run(run: Run, known: Sequence[PlaybookStep], current: int | None) -> tuple[ExceptionStep, ...]:
    """Each step of the run, `known` or at least told of, and whether it is done."""
    by_order = {step.step_order: step for step in known}
    done = {_order(event): event for event in run.done}
    count = max([run.steps or 0, *by_order, *done])
    return tuple(_step(order, by_order.get(order), done.get(order), current) for order in range(1, count + 1))


def _step(order: int, known: PlaybookStep | None, done: Event | None, current: int | None) -> ExceptionStep:
    progress = StepProgress.DONE if done else StepProgress.CURRENT if order == current else StepProgress.AHEAD
    told = done.payload if done else {}
    action, notes = told.get("action"), told.get("notes")
    return ExceptionStep(
        step_order=order,
        name=known.name if known else None,
        action=known.action if known else action if isinstance(action, str) else None,
        description=known.description if known else None,
        progress=progress,
        done_at=done.created_at if done else None,
        done_by=done.actor_id if done else None,
        notes=notes if isinstance(notes, str) else None,
    )


def _order(event: Event) -> int:
    order = event.payload.get("step_order")
    return order if isinstance(order, int) and 0 < order <= 1000 else 0
