"""What the acts on exceptions have in common, and `sentinai exceptions apply`."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.exception_filter import Asked, filtered
from sentinai_cli.cli.exception_key import read_keys
from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.option_group import taking
from sentinai_cli.cli.options import Actor, AllTenantsFlag, Reason, Tenant, Yes
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput
from sentinai_cli.render.human import plural

if TYPE_CHECKING:
    from sentinai_cli.models.exception_act import Act, ActPlan
    from sentinai_cli.models.scope import AllTenants, TenantScope

LARGEST_INPUT = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Given:
    """What every act is given besides what it does, and besides the filter."""

    exceptions: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EXCEPTION]...", help="Ids; - reads them, as `list` writes them.", show_default=False),
    ] = None
    tenant: Tenant = None
    all_tenants: AllTenantsFlag = False
    actor: Actor = None
    yes: Yes = False
    plan_out: Annotated[
        str | None,
        typer.Option("--plan-out", metavar="FILE", help="Change nothing; write what would be done to a file."),
    ] = None


def acting(body: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameters `given` and `asked` have become the options that all acts have."""
    return filtered(taking(body, Given, name="given"))


def act_on(runtime: Runtime, act: "Act", given: Given, asked: Asked) -> None:
    """Freeze what the act is for, ask where a filter chose it, and carry it out, or write the plan to a file."""
    from sentinai_cli.services.tenant import tenant_ids

    if bool(given.exceptions) == (not asked.is_empty):
        why = "give ids, or -, or options of a filter" if not given.exceptions else "give one of them"
        both = "both exceptions and a filter were given" if given.exceptions else "no exception was chosen"
        raise InvalidInput("nothing_chosen" if not given.exceptions else "chosen_twice", both, why=why)
    if not given.exceptions and not runtime.operation.reason:
        raise InvalidInput("reason_needed", "acting on what a filter chooses needs --reason")
    chosen = asked.chosen(runtime.now())
    keys = read_keys(given.exceptions or [])
    scope = runtime.writing_scope(given.tenant, given.all_tenants, lambda: tenant_ids(runtime.database))
    runtime.announce_target()
    from sentinai_cli.services.exception_act import plan_for_filter, plan_for_ids

    actor, now = runtime.operation.actor, runtime.now()
    if given.exceptions:
        plan = plan_for_ids(runtime.database, scope, keys, act, actor=actor, now=now)
    else:
        plan = plan_for_filter(runtime.database, scope, chosen, act, actor=actor, now=now)
    if given.plan_out is not None:
        _write(given.plan_out, plan)
        runtime.note(f"{plural(len(plan.targets), 'exception')} in the plan; nothing was changed")
        runtime.show(plan)
        return
    if not given.exceptions and plan.targets:
        runtime.asking.agreement(f"{act.kind.value} {plural(len(plan.targets), 'exception')}", yes=given.yes)
    _carry_out(runtime, scope, plan)


@app.command(
    "apply",
    mutation=Mutation.WRITES,
    examples=["sentinai exceptions apply plan.json # exactly what the plan says"],
    following=["sentinai operations list # what was done, and the id to undo it by"],
)
def apply(
    ctx: typer.Context,
    *,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A plan that --plan-out wrote.", show_default=False)],
    reason: Reason = None,
    actor: Actor = None,
    yes: Yes = False,
) -> None:
    """Carry out a plan exactly: all of it in one transaction, or nothing.

    A plan in which somebody changed one of the exceptions meanwhile is refused (exit 6), and so is a file that was
    edited (exit 2).
    """
    from sentinai_cli.models.exception_act import ActPlan
    from sentinai_cli.models.scope import AllTenants, TenantScope

    runtime = Runtime.of(ctx)
    plan = ActPlan.read(read_file(file, LARGEST_INPUT))
    tenants = {target.tenant_id for target in plan.targets}
    scope = TenantScope(tenants.pop()) if len(tenants) == 1 else AllTenants()
    runtime.announce_target()
    if plan.targets:
        runtime.asking.agreement(f"{plan.act.kind.value} {plural(len(plan.targets), 'exception')}", yes=yes)
    _carry_out(runtime, scope, plan, exactly=True)


def _carry_out(runtime: Runtime, scope: "TenantScope | AllTenants", plan: "ActPlan", *, exactly: bool = False) -> None:
    from sentinai_cli.services.exception_act import carry_out, require_complete

    with runtime.progress(plan.act.kind.value.capitalize(), len(plan.targets)) as advance:
        result = carry_out(
            runtime.database,
            scope,
            plan,
            actor=runtime.operation.actor,
            now=runtime.now(),
            advance=advance,
            exactly=exactly,
        )
    if not result.changed and not result.skipped:
        runtime.note("nothing to do")
    runtime.show(result)
    require_complete(result)


def _write(name: str, plan: "ActPlan") -> None:
    """A new file: a plan that is there may be the one that somebody else is about to apply."""
    try:
        with Path(name).open("x", encoding="utf-8") as file:
            json.dump(plan.model_dump(mode="json"), file, indent=1)
            file.write("\n")
    except FileExistsError:
        raise InvalidInput("file_exists", f"{name} is there already", why="a plan is not overwritten") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "the name holds a NUL character"
        raise InvalidInput("file_unwritable", f"{name} cannot be written", why=why) from None
