"""The operator journal on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType

from sentinai_cli.models.journal_cut import JournalCut
from sentinai_cli.models.operation import Operation, OperationList
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.style import FAINT, TITLE, identity, member, words
from sentinai_cli.render.views.part import age, document, optional, title, when
from sentinai_cli.render.views.view import view


@view.register
def _operation(model: Operation, at: datetime) -> RenderableType:
    arguments = " ".join(f"{name}={value}" for name, value in model.arguments.items())
    return Group(
        Facts(
            [
                ("operation", identity(str(model.operation_id))),
                ("command", words(model.command, TITLE)),
                ("arguments", optional(arguments)),
                ("outcome", member(model.outcome)),
                ("at", when(model.at, at)),
                ("took", words(f"{model.duration_ms:,} ms")),
                ("actor", words(model.actor)),
                ("reason", optional(model.reason)),
                ("tenant", optional(model.tenant_id)),
                ("tool version", words(model.tool_version)),
            ]
        ),
        title("Before"),
        document(model.before),
        title("After"),
        document(model.after),
    )


@view.register
def _operations(model: OperationList, at: datetime) -> RenderableType:
    if not model.items:
        return words("No operations match.", FAINT)
    return Grid(
        [
            Column("operation"),
            Column("age", 1, right=True),
            Column("command"),
            Column("outcome", 1),
            Column("actor", 2),
            Column("tenant", 3),
            Column("took", 5, right=True),
            Column("reason", 4),
        ],
        [
            [
                identity(str(operation.operation_id)),
                age(operation.at, at),
                words(operation.command),
                member(operation.outcome),
                words(operation.actor),
                optional(operation.tenant_id),
                words(f"{operation.duration_ms:,} ms"),
                optional(operation.reason),
            ]
            for operation in model.items
        ],
    )


@view.register
def _cut(model: JournalCut, at: datetime) -> RenderableType:
    return Facts(
        [
            ("until", when(model.until, at)),
            ("entries", words(f"{model.entries:,}", TITLE if model.entries else FAINT)),
            ("export", optional(model.export)),
            ("sha256", optional(model.sha256)),
        ]
    )
