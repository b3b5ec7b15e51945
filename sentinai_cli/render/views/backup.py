"""Backup, restore, reset and waiting on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.backup import BackupResult, RestoreResult
from sentinai_cli.models.reset import ResetResult
from sentinai_cli.models.wait import WaitResult
from sentinai_cli.render.grid import Facts
from sentinai_cli.render.human import plural, size
from sentinai_cli.render.style import BAD, FAINT, GOOD, TITLE, line, member, words
from sentinai_cli.render.views.view import view


@view.register
def _backup(model: BackupResult, at: datetime) -> RenderableType:
    facts = [
        ("file", words(model.file, TITLE)),
        ("manifest", words(model.manifest)),
        ("size", words(size(model.bytes))),
        ("holds", words(f"{plural(model.rows, 'row')} in {plural(model.tables, 'table')}")),
        ("revision", words(model.revision)),
        ("server", words(f"PostgreSQL {model.server_version}")),
        ("digest", words(model.digest, FAINT)),
    ]
    return Group(words("The database is backed up.", GOOD), Text(), Facts(facts))


@view.register
def _restore(model: RestoreResult, at: datetime) -> RenderableType:
    facts = [
        ("database", words(model.database, TITLE)),
        ("environment", member(model.environment)),
        ("revision", line(words(model.revision), words(_drift(model), BAD))),
        ("holds", words(f"{plural(model.rows, 'row')} in {plural(model.tables, 'table')}, as in the manifest")),
        ("events", _events(model)),
        ("epoch", words(str(model.epoch))),
        ("digest", words(model.digest, FAINT)),
        ("old one", words(f"kept as {model.kept_as}") if model.kept_as else words("none kept", FAINT)),
    ]
    return Group(words("The backup is restored.", GOOD), Text(), Facts(facts))


def _drift(model: RestoreResult) -> str:
    return f"  drifted in {plural(model.drift, 'place')}" if model.drift else ""


def _events(model: RestoreResult) -> Text:
    if model.events is None:
        return words("not verified: the schema is older than this tool", FAINT)
    if model.events_broken:
        return words(f"{plural(model.events, 'event')}, {plural(model.events_broken, 'break')}", BAD)
    return words(f"{plural(model.events, 'event')}, every hash holds")


@view.register
def _reset(model: ResetResult, at: datetime) -> RenderableType:
    facts = [
        ("before", words(model.before or "empty database")),
        ("erased", words(plural(model.tables_dropped, "table"))),
        ("after", words(model.after, TITLE)),
        ("environment", member(model.environment)),
    ]
    return Group(words("The database is empty again.", GOOD), Text(), Facts(facts))


@view.register
def _wait(model: WaitResult, at: datetime) -> RenderableType:
    return line(words("ready", GOOD), words(f"  {model.database}, PostgreSQL {model.server_version}"))
