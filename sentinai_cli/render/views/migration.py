"""Migrations on a terminal."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.migration import (
    Drift,
    MigrationCheck,
    MigrationFile,
    MigrationHistory,
    MigrationLint,
    MigrationResult,
    MigrationReverted,
    MigrationStatus,
    RevisionRecord,
    RevisionState,
)
from sentinai_cli.models.migration_plan import MigrationPlan, PlannedLock, PlanStep
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural, size
from sentinai_cli.render.style import BAD, FAINT, GOOD, TITLE, WARNING, identity, line, member, words
from sentinai_cli.render.views.part import optional, title, when
from sentinai_cli.render.views.view import view

_STATES = {
    RevisionState.APPLIED: GOOD,
    RevisionState.PENDING: WARNING,
    RevisionState.EDITED: BAD,
    RevisionState.UNRECORDED: BAD,
    RevisionState.UNKNOWN: BAD,
}


@view.register
def _result(model: MigrationResult, at: datetime) -> RenderableType:
    if not model.applied and not model.repaired:
        return line(words("The schema is up to date at revision ", FAINT), words(model.after, TITLE))
    done = words(f"{plural(len(model.applied), 'revision')} applied", GOOD)
    facts = [
        ("before", words(model.before or "empty database")),
        ("after", words(model.after, TITLE)),
        ("applied", optional(", ".join(model.applied))),
        ("environment", member(model.environment)),
    ]
    if model.repaired:
        facts.append(("repaired", words(", ".join(model.repaired), WARNING)))
    return Group(done, Text(), Facts(facts))


@view.register
def _reverted(model: MigrationReverted, at: datetime) -> RenderableType:
    if not model.reverted:
        return line(words("The schema stands at revision ", FAINT), words(model.before, TITLE))
    facts = Facts(
        [
            ("before", words(model.before)),
            ("after", words(model.after or "empty database", TITLE)),
            ("taken back", words(", ".join(model.reverted))),
        ]
    )
    done = words(f"{plural(len(model.reverted), 'revision')} taken back", GOOD)
    if not model.archives:
        return Group(done, Text(), facts)
    archives = Grid(
        [Column("dropped"), Column("rows", right=True), Column("archive")],
        [
            [
                words(one.table + (f".{one.column}" if one.column else "")),
                words(f"{one.rows:,}"),
                identity(one.archive),
            ]
            for one in model.archives
        ],
    )
    return Group(done, Text(), facts, title("Archived"), archives)


@view.register
def _status(model: MigrationStatus, at: datetime) -> RenderableType:
    facts = [
        ("state", member(model.state)),
        ("revision", optional(model.revision, TITLE)),
        ("newest", words(model.head)),
        ("pending", optional(", ".join(model.pending))),
        ("why", words(model.detail)),
    ]
    if model.next_command:
        facts.append(("next", words(model.next_command, TITLE)))
    return Facts(facts)


@view.register
def _history(model: MigrationHistory, at: datetime) -> RenderableType:
    return _records(model.items, at)


def _records(records: Sequence[RevisionRecord], at: datetime) -> Grid:
    return Grid(
        [Column("revision"), Column("state"), Column("applied", 1), Column("by version", 3), Column("what", 2)],
        [
            [
                identity(one.revision),
                words(one.state, _STATES[one.state]),
                when(one.applied_at, at),
                optional(one.tool_version),
                optional(one.title),
            ]
            for one in records
        ],
    )


@view.register
def _check(model: MigrationCheck, at: datetime) -> RenderableType:
    if model.ok:
        return line(words("As it should be", GOOD), words(f": revision {model.status.head}, no drift"))
    parts: list[RenderableType] = [_status(model.status, at)]
    if model.drift:
        parts += [title(plural(len(model.drift), "difference"))]
        parts += [piece for one in model.drift for piece in _difference(one)]
    elif model.drift is not None:
        parts += [Text(), words("no drift from that revision", GOOD)]
    if model.history:
        parts += [title("Revisions that are not as they were applied"), _records(model.history, at)]
    return Group(*parts)


def _difference(one: Drift) -> list[Text]:
    found = [line(words(one.problem, BAD), " ", words(one.kind, FAINT), " ", identity(one.name))]
    if one.expected is not None:
        found.append(line("  ", words("should be ", FAINT), words(one.expected)))
    if one.actual is not None:
        found.append(line("  ", words("is        ", FAINT), words(one.actual)))
    return found


@view.register
def _plan(model: MigrationPlan, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing to do.", FAINT)
    parts: list[RenderableType] = []
    for revision, steps in groupby(model.items, key=lambda step: step.revision):
        parts += [title(f"Revision {revision}"), *(piece for step in steps for piece in _step(step))]
    where = "sizes from the database" if model.live else "offline: sizes are not known"
    total = plural(len(model.items), "statement")
    return Group(
        line(words(model.from_revision or "empty database", TITLE), " to ", words(model.to_revision or "empty", TITLE)),
        words(f"{total}, {where}", FAINT),
        *parts,
    )


def _step(step: PlanStep) -> list[Text]:
    first, *rest = step.sql.splitlines()
    number = f"{step.no:>4}  "
    lines = [line(words(number, FAINT), words(first))]
    lines += [line(" " * len(number), words(text)) for text in rest]
    if not step.transaction:
        lines.append(line(" " * len(number), words("-- outside a transaction", WARNING)))
    lines += [line(" " * len(number), _lock(lock)) for lock in step.locks if not lock.new]
    return lines


def _lock(lock: PlannedLock) -> Text:
    how = BAD if "reads" in lock.blocks else WARNING if lock.blocks == "writes" else FAINT
    known = f", {lock.rows:,} rows, {size(lock.size_bytes)}" if lock.rows is not None and lock.size_bytes else ""
    return line(words(f"-- {lock.mode} on {lock.table}{known}: ", FAINT), words(f"blocks {lock.blocks}", how))


@view.register
def _file(model: MigrationFile, at: datetime) -> RenderableType:
    return Facts([("revision", identity(model.revision)), ("file", words(model.path))])


@view.register
def _lint(model: MigrationLint, at: datetime) -> RenderableType:
    looked = plural(model.statements, "statement")
    if not model.items:
        return line(words("nothing dangerous", GOOD), words(f" in {looked}"))
    grid = Grid(
        [Column("where"), Column("rule")],
        [[identity(f"{one.source}:{one.line}"), words(one.rule, WARNING)] for one in model.items],
        below=[words(f"{one.problem}; better: {one.remedy}") for one in model.items],
    )
    return Group(line(words(plural(len(model.items), "finding"), BAD), words(f" in {looked}")), Text(), grid)
