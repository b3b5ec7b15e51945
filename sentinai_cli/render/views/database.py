"""The database as a target, on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.database import DatabaseAddress, DatabaseStatus, EmbeddedStatus, EnvironmentMark, Target
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import size
from sentinai_cli.render.style import FAINT, GOOD, TITLE, identity, line, member, missing, words
from sentinai_cli.render.views.part import age, optional, title, when
from sentinai_cli.render.views.view import view


@view.register
def _status(model: DatabaseStatus, at: datetime) -> RenderableType:
    revision = f"revision {model.target.revision or 'none'}"
    if model.target.revision != model.head_revision:
        revision += f", this tool has {model.head_revision}"
    schema = line(member(model.schema_state), "  ", words(revision, FAINT))
    isolation = member(model.isolation) if model.isolation else missing()
    facts = Facts([*_target(model.target), ("schema", schema), ("isolation", isolation)])
    if not model.tenants:
        return Group(facts, title("Tenants"), words("There are no tenants.", FAINT))
    return Group(facts, title("Tenants"), _rows(model, at))


@view.register
def _one_target(model: Target, at: datetime) -> RenderableType:
    return Facts([*_target(model), ("revision", optional(model.revision))])


def _target(target: Target) -> list[tuple[str, Text]]:
    kind = "embedded " if target.embedded else ""
    return [
        ("profile", words(target.profile, TITLE)),
        ("database", words(target.database)),
        ("server", words(f"{kind}PostgreSQL {target.server_version}")),
        ("environment", member(target.environment) if target.environment else words("not marked", FAINT)),
    ]


def _rows(model: DatabaseStatus, at: datetime) -> Grid:
    return Grid(
        [
            Column("tenant"),
            Column("exceptions", right=True),
            Column("unresolved", right=True),
            Column("events", 1, right=True),
            Column("newest", 2, right=True),
        ],
        [
            [
                identity(rows.tenant_id),
                words(f"{rows.exceptions:,}"),
                words(f"{rows.unresolved:,}", "bold" if rows.unresolved else FAINT),
                words(f"{rows.events:,}"),
                age(rows.newest, at),
            ]
            for rows in model.tenants
        ],
    )


@view.register
def _environment(model: EnvironmentMark, at: datetime) -> RenderableType:
    if not model.changed:
        return line("this database is marked as ", member(model.environment))
    return line("this database is marked as ", member(model.environment), words(" from here on", FAINT))


@view.register
def _address(model: DatabaseAddress, at: datetime) -> RenderableType:
    return words(model.url)


@view.register
def _embedded(model: EmbeddedStatus, at: datetime) -> RenderableType:
    facts = [
        ("embedded server", words("running", GOOD) if model.running else words("not running", FAINT)),
        ("version", optional(model.version)),
        ("pid", optional(str(model.pid) if model.pid else None)),
        ("started", when(model.started_at, at)),
        ("size", optional(size(model.size_bytes) if model.size_bytes is not None else None)),
        ("home", words(model.home)),
        ("data", words(model.data_directory)),
        ("socket", words(model.socket_directory)),
        ("runs as", words(model.os_user)),
    ]
    return Facts(fact for fact in facts if fact[1].plain != "-")
