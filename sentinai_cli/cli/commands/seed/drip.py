"""`sentinai seed drip`."""

import re
from datetime import timedelta
from typing import Annotated

import typer

from sentinai_cli.cli.commands.seed.group import app
from sentinai_cli.cli.commands.seed.option import Days, NewRun, Scenario
from sentinai_cli.cli.moment import parse_span
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, AsOf, Reason, Seed, Tenant, whole
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput

_RATE = re.compile(r"([0-9]{1,5})(?:/(s|m|h))?")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_MOST_A_SECOND = 50


def _every(text: str | int) -> int:
    """Microseconds between two arrivals at a rate such as `6`, `6/m`, `5/s` or `20/h`."""
    found = _RATE.fullmatch(str(text).strip().lower())
    number = int(found[1]) if found else 0
    span = _SECONDS[(found[2] if found else None) or "m"] * 1_000_000
    if not number or span // number < 1_000_000 // _MOST_A_SECOND:
        raise InvalidInput(
            "invalid_rate",
            f"{str(text)[:40]!r} is no rate",
            why=f"as in 6, 6/m, 5/s or 20/h; at most {_MOST_A_SECOND}/s",
        )
    return span // number


def _span(text: str | timedelta) -> timedelta:
    return text if isinstance(text, timedelta) else parse_span(text)


@app.command(
    "drip",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai seed drip --for 2s # six exceptions a minute at each tenant of the scenario that was seeded",
        "sentinai seed drip --tenant TENANT_FINANCE_001 --rate 5/s --speed 60 --for 10s # an hour's work in a minute",
    ],
    following=["sentinai exceptions list --all-tenants # what is new"],
)
def drip(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    rate: Annotated[
        int, typer.Option("--rate", metavar="N[/s|/m|/h]", parser=_every, help="Exceptions a minute, for each tenant.")
    ] = "6/m",  # type: ignore[assignment]
    speed: Annotated[
        int,
        typer.Option("--speed", metavar="N", parser=whole(1, "times"), help="People and agents work N times as fast."),
    ] = 1,
    lasting: Annotated[
        timedelta | None,
        typer.Option("--for", metavar="SPAN", parser=_span, help="As in 10m; else until Ctrl-C.", show_default=False),
    ] = None,
    seed_number: Seed = 1,
    scenario: Scenario = "default",
    days: Days = None,
    as_of: AsOf = None,
    new_run: NewRun = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Let a seeded run go on, live: exceptions arrive, and what is unresolved moves along as its story goes on.

    It is a run of its own beside the one that it goes on from, with ids of its own that count from 1. What happens when
    follows from that run, the rate, the speed and the moment of the first start: the same again in another database,
    and stopped and started again it makes up for the time between. --new-run begins another one now. Exceptions that
    somebody else acted on are left alone. Ctrl-C ends it well; `seed reset` takes it back with the run.
    """
    from sentinai_cli.models.seed_drip import SeedDripRequest
    from sentinai_cli.services.seed_drip import drip as run

    runtime = Runtime.of(ctx)
    named = runtime.given_tenant(tenant)
    request = SeedDripRequest(
        scenario=scenario,
        seed=seed_number,
        tenant_ids=() if named is None else (named,),
        days=days,
        every=rate,
        speed=speed,
        seconds=None if lasting is None else lasting.total_seconds(),
        as_of=as_of,
        new_run=new_run,
    )
    runtime.announce_target()
    with runtime.progress("Dripping") as advance:
        result = run(runtime.database, request, now=runtime.now, advance=advance)
    runtime.show(result)
