"""The database as a target, on a terminal."""

from datetime import datetime

from rich.console import RenderableType

from sentinai_cli.models.database import DatabaseAddress, EmbeddedStatus, EnvironmentMark, Target
from sentinai_cli.render.grid import Facts
from sentinai_cli.render.human import size
from sentinai_cli.render.style import FAINT, GOOD, line, member, words
from sentinai_cli.render.views.part import optional, target_facts, when
from sentinai_cli.render.views.view import view


@view.register
def _one_target(model: Target, at: datetime) -> RenderableType:
    return Facts([*target_facts(model), ("revision", optional(model.revision))])


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
