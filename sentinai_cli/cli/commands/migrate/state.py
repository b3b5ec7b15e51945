"""Where the schema stands: status, history, check."""

import typer

from sentinai_cli.cli.commands.migrate.group import app
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import CheckFailed


@app.command(
    "status",
    examples=[
        "sentinai migrate status # the state, and the command that goes with it",
        "sentinai migrate status -o json --fields state,pending # for a script",
    ],
    following=["sentinai migrate plan # what is pending, as SQL"],
)
def status(ctx: typer.Context) -> None:
    """Show where the database stands among the revisions, and what to do about it.

    The state is empty, behind, up_to_date, ahead (of this sentinai), diverged (another history), unknown_revision or
    foreign (not made by sentinai).
    """
    from sentinai_cli.services.migrate import migration_status

    runtime = Runtime.of(ctx)
    runtime.show(migration_status(runtime.database))


@app.command(
    "history",
    examples=[
        "sentinai migrate history # which revisions were applied, when and by which version",
        "sentinai migrate history -o json --fields revision,state # for a script",
    ],
    following=["sentinai migrate check # whether the schema is what they made"],
)
def history(ctx: typer.Context) -> None:
    """List the revisions: applied, pending, edited since they were applied, unrecorded, or unknown here."""
    from sentinai_cli.services.migrate import migration_history

    runtime = Runtime.of(ctx)
    runtime.show(migration_history(runtime.database))


@app.command(
    "check",
    examples=[
        "sentinai migrate check # in CI, before a release",
        "sentinai migrate check -o json --fields drift # the differences, for a script",
    ],
    following=["sentinai migrate history # when each revision was applied"],
)
def check(ctx: typer.Context) -> None:
    """Check that nothing is pending, and that the schema is exactly what its revisions made.

    Exit 4 otherwise, and when a revision was edited after it was applied. Compared are tables, columns, keys, checks,
    indexes, triggers, policies, functions, grants and roles; every difference is named.
    """
    from sentinai_cli.services.migrate import migration_check

    runtime = Runtime.of(ctx)
    found = migration_check(runtime.database)
    runtime.show(found)
    if not found.ok:
        raise CheckFailed(
            "schema_not_as_it_should_be",
            f"the schema is {found.status.state.value.replace('_', ' ')}",
            why=found.summary,
            fix=found.status.next_command or "sentinai migrate history",
        )
