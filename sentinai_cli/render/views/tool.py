"""Tools on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.tool import ToolDefinition, ToolList, ToolSwitched
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.style import BAD, FAINT, GOOD, WARNING, identity, line, words
from sentinai_cli.render.views.part import document, title
from sentinai_cli.render.views.view import view


@view.register
def _tools(model: ToolList, at: datetime) -> RenderableType:
    if not model.items:
        return words("There are no tools.", FAINT)
    return Grid(
        [Column("tool"), Column("usable"), Column("tenant"), Column("type", 1), Column("pack", 2)],
        [
            [
                identity(tool.name),
                _usable(tool),
                identity(tool.tenant_id),
                words(tool.type),
                words(f"domain:{tool.domain}@{tool.origin_version}"),
            ]
            for tool in model.items
        ],
    )


@view.register
def _tool(model: ToolDefinition, at: datetime) -> RenderableType:
    facts = Facts(
        [
            ("tool", identity(model.name)),
            ("tenant", identity(model.tenant_id)),
            ("usable", _usable(model)),
            ("type", words(model.type)),
            ("pack", words(f"domain:{model.domain}@{model.origin_version}")),
        ]
    )
    return Group(facts, title("Configuration"), document(model.config))


@view.register
def _switched(model: ToolSwitched, at: datetime) -> RenderableType:
    state = "enabled" if model.tool.enabled else "disabled"
    done = (
        words(state, GOOD if model.tool.enabled else WARNING) if model.changed else words(f"was {state} already", FAINT)
    )
    return line(identity(model.tool.name), words(" of ", FAINT), identity(model.tool.tenant_id), " ", done)


def _usable(tool: ToolDefinition) -> Text:
    if tool.usable:
        return words("yes", GOOD)
    if not tool.in_pack:
        return words("not in the pack", FAINT)
    return words("not approved", BAD) if not tool.approved else words("disabled", WARNING)
