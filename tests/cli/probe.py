"""Commands that try what the frame offers to commands."""

import json
from dataclasses import asdict
from threading import Event
from typing import Annotated, TypeAlias

import typer

from sentinai_cli import errors
from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.options import (
    SEVERITIES,
    Actor,
    AllTenantsFlag,
    Confirm,
    Limit,
    Reason,
    Since,
    Tenant,
    Yes,
    one_of,
)
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="Commands that try the frame.")

Severities: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--severity", metavar="|".join(SEVERITIES), parser=one_of(SEVERITIES), help="Of this severity."),
]


@app.command("list", examples=["sentinai probe list --limit 2 # two of them"], following=["sentinai probe fail"])
def list_(
    ctx: typer.Context, limit: Limit = 3, since: Since = None, severity: Severities = None, tenant: Tenant = None
) -> None:
    """List things.

    More about listing things.
    """
    from tests.golden.sample import SAMPLES

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, entered=True)
    runtime.note(f"limit {limit}, since {since}, severity {severity}, scope {scope}")
    runtime.show(SAMPLES["exception_list"])


@app.command("write")
def write(ctx: typer.Context, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """Change something."""
    from tests.golden.sample import TARGET

    runtime = Runtime.of(ctx)
    scope = runtime.writing_scope(tenant, all_tenants, lambda: ["ACME", "BETA"])
    runtime.announce(TARGET)
    runtime.note(f"wrote {scope}")


@app.command("operation")
def operation(
    ctx: typer.Context, text: str, actor: Actor = None, reason: Reason = None, severity: Severities = None
) -> None:
    """Say what the journal would say."""
    runtime = Runtime.of(ctx)
    runtime.note(json.dumps(asdict(runtime.operation), default=str))


@app.command("agree")
def agree(ctx: typer.Context, yes: Yes = False) -> None:
    """Ask."""
    runtime = Runtime.of(ctx)
    runtime.asking.agreement("Stop the\x1b[2J server", yes=yes)
    runtime.note("agreed")


@app.command("purge")
def purge(ctx: typer.Context, confirm: Confirm = None, yes: Yes = False) -> None:
    """Ask for the name."""
    runtime = Runtime.of(ctx)
    runtime.asking.name("erase every exception of ACME", "ACME", given=confirm)
    runtime.note("erased")


@app.command("fail")
def fail(ctx: typer.Context, kind: Annotated[str, typer.Argument(help="The class of the error.")]) -> None:
    """Fail in the way that was asked for."""
    runtime = Runtime.of(ctx)
    runtime.note(f"profile {runtime.settings.profile}")
    if kind == "bug":
        raise ZeroDivisionError("no \x1b[31mway at postgresql://ops:hunter2secret@db/x")
    if kind == "interrupt":
        raise KeyboardInterrupt
    if kind == "exit":
        raise typer.Exit(42)
    raise getattr(errors, kind)(
        "probe_failed", "it \x1b[31mfailed: hunter2secret", why="one\ntwo", fix="sentinai status"
    )


@app.command("progress")
def progress(ctx: typer.Context) -> None:
    """Work for a while."""
    with Runtime.of(ctx).progress("Working", 3) as advance:
        for _ in range(3):
            advance(1)


@app.command("wait")
def wait(ctx: typer.Context) -> None:
    """Wait for a signal."""
    runtime = Runtime.of(ctx)
    runtime.note("ready")
    Event().wait(60)


@app.command("many")
def many(ctx: typer.Context) -> None:
    """Write more than a pipe holds."""
    from sentinai_cli.models.exception import ExceptionList, ExceptionPage
    from tests.golden.sample import SAMPLES

    few = SAMPLES["exception_list"]
    assert isinstance(few, ExceptionList)
    Runtime.of(ctx).show(ExceptionList(items=few.items * 2000, page=ExceptionPage.of_all(6000)))
