"""The completion script on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.completion import CompletionScript
from sentinai_cli.render.style import FAINT, words
from sentinai_cli.render.text import safe
from sentinai_cli.render.views.view import view


@view.register
def _script(model: CompletionScript, at: datetime) -> RenderableType:
    return Group(words(f"# {model.shell}: {model.file}", FAINT), Text("\n".join(map(safe, model.script.splitlines()))))
