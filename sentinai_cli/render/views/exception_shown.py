"""One exception on a terminal: attributes, deadline, playbook, payload, and what happened."""

from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.exception_playbook import ExceptionPlaybook, ExceptionStep, StepProgress
from sentinai_cli.models.exception_shown import ExceptionShown
from sentinai_cli.models.exception_sla import Sla, SlaState
from sentinai_cli.models.exception_timeline import entries
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import span, stamp
from sentinai_cli.render.style import BAD, FAINT, GOOD, TITLE, WARNING, identity, line, member, missing, words
from sentinai_cli.render.views.exception import amount_of
from sentinai_cli.render.views.exception_timeline import story
from sentinai_cli.render.views.part import document, optional, title, when
from sentinai_cli.render.views.view import view

_TONES = {StepProgress.DONE: GOOD, StepProgress.CURRENT: WARNING, StepProgress.AHEAD: FAINT}


@view.register
def _shown(model: ExceptionShown, at: datetime) -> RenderableType:
    head = line(
        identity(model.exception_id),
        "  ",
        member(model.severity),
        "  ",
        member(model.status),
        "  ",
        words(model.type, TITLE),
    )
    facts = [
        ("tenant", words(model.tenant_id)),
        ("domain", words(model.domain)),
        ("source", words(model.source_system)),
        ("entity", optional(model.entity)),
        ("amount", amount_of(model)),
        ("owner", optional(model.owner)),
        ("created", when(model.created_at, model.at)),
        ("updated", when(model.updated_at, model.at)),
        ("resolved", when(model.resolved_at, model.at)),
        ("deadline", _deadline(model)),
    ]
    shown = f"the last {len(model.events)} of {model.events_total:,} events"
    earlier = [words(shown, FAINT)] if len(model.events) < model.events_total else []
    return Group(
        head,
        Text(),
        Facts([fact for fact in facts if fact[1].plain != "-"]),
        *([] if model.playbook is None else _playbook(model.playbook)),
        title("Payload"),
        document(model.raw_payload),
        title("Context"),
        document(model.normalized_context),
        title("Timeline"),
        *earlier,
        story(entries(model.events, created_at=model.created_at)),
        words(f"head {model.events[-1].hash}" if model.events else "no events", FAINT),
    )


def _deadline(model: ExceptionShown) -> Text:
    if model.sla_deadline is None or model.sla is None:
        return missing()
    return line(stamp(model.sla_deadline), "  ", sla_of(model.sla))


def sla_of(sla: Sla) -> Text:
    """How it stands, as `3h left, 40 % of the time used` or `breached by 2d`."""
    length = span(timedelta(seconds=sla.seconds_left))
    match sla.state:
        case SlaState.ON_TIME:
            return words(f"{length} left, {sla.used_percent} % of the time used")
        case SlaState.AT_RISK:
            return words(f"at risk: {length} left, {sla.used_percent} % of the time used", WARNING)
        case SlaState.BREACHED:
            return words(f"breached by {length}", BAD)
        case SlaState.MET:
            return words(f"met with {length} to spare", GOOD)
        case SlaState.MISSED:
            return words(f"missed by {length}", WARNING)


def _playbook(playbook: ExceptionPlaybook) -> list[RenderableType]:
    done = sum(step.progress is StepProgress.DONE for step in playbook.steps)
    state = words("completed", GOOD) if playbook.completed else words(f"{done} of {len(playbook.steps)} steps done")
    version = f"  version {playbook.version}" if playbook.version else "  no stored version has these steps"
    name = words(f"  {playbook.name}") if playbook.name else words("")
    return [
        title("Playbook"),
        line(identity(playbook.playbook_id), words(version, FAINT), name),
        state,
        Grid(
            [Column("no", right=True), Column("step"), Column("action", 1), Column("done", 2), Column("by", 3)],
            [_step(step) for step in playbook.steps],
            below=[_about(step) for step in playbook.steps],
        ),
    ]


def _step(step: ExceptionStep) -> list[Text]:
    return [
        words(str(step.step_order), FAINT),
        words(step.progress.value, _TONES[step.progress]),
        optional(step.action),
        words(stamp(step.done_at)) if step.done_at else missing(),
        optional(step.done_by),
    ]


def _about(step: ExceptionStep) -> Text:
    """What is to be done, for the step that is next; what was noted, for those that are done."""
    if step.progress is StepProgress.CURRENT:
        return words(step.description or "", FAINT)
    return words(step.notes or "", FAINT)
