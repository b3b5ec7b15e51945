"""For those who write revisions: a new one, and what is dangerous about it."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.migrate.group import app
from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import CheckFailed, InvalidInput


@app.command(
    "new",
    mutation=Mutation.LOCAL,
    examples=[
        "sentinai migrate new 'add event seals' # a skeleton in migrations/versions",
        "sentinai migrate new 'add a column' --autogenerate # filled in from the tables in the code",
    ],
    following=["sentinai migrate lint # what is dangerous about it"],
)
def new(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(help="What the revision does.", show_default=False)],
    autogenerate: Annotated[
        bool, typer.Option("--autogenerate", help="Compare the tables in the code with the database, which is at head.")
    ] = False,
) -> None:
    """Write the next revision's file, for a developer in a checkout to fill in.

    It asks for a statement of how safe the revision is. What --autogenerate sees is tables, columns, keys and indexes;
    policies, triggers, checks and grants are the author's to write.
    """
    from sentinai_cli.services.migration_file import new_revision, new_revision_from_tables

    runtime = Runtime.of(ctx)
    if autogenerate:
        runtime.show(new_revision_from_tables(message, runtime.database, runtime.note))
    else:
        runtime.show(new_revision(message))


@app.command(
    "lint",
    examples=[
        "sentinai migrate lint # our own revisions",
        "sentinai migrate lint change.sql # a script that somebody means to run",
    ],
    following=["sentinai migrate plan # the locks of each statement"],
)
def lint(
    ctx: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE...", help="SQL scripts, - for standard input; else the revisions."),
    ] = None,
) -> None:
    """Look for what is dangerous: long locks, rewritten tables, lost data, tenants that are not kept apart.

    Exit 4 when something is found. A comment `-- sentinai: allow RULE because …` on the line before a statement takes
    one finding back.
    """
    from sentinai_cli.services.migration_lint import lint_files, lint_revisions

    runtime = Runtime.of(ctx)
    found = lint_files([(name, _script(name)) for name in files]) if files else lint_revisions()
    runtime.show(found)
    if found.items:
        first = found.items[0]
        raise CheckFailed(
            "dangerous_sql",
            f"{len(found.items)} dangerous statement{'s' if len(found.items) > 1 else ''}",
            why=f"the first: {first.source}, line {first.line}: {first.problem}",
        )


def _script(name: str) -> str:
    try:
        return read_file(name).decode()
    except UnicodeDecodeError as error:
        raise InvalidInput("invalid_script", f"{name} is not UTF-8 text", why=error.reason) from None
