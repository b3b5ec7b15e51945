"""Telling the future of seed runs as time passes: new exceptions arrive, and what is there moves along."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, NotFound, Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.seed import SeedRun
from sentinai_cli.models.seed_drip import SeedDrip, SeedDripList, SeedDripRequest
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.library import Library
from sentinai_cli.services.seed_again import plan_again
from sentinai_cli.services.seed_dripped import Dripped
from sentinai_cli.services.tenant_status import require_active

LONGEST_WAIT = 1.0
SHORTEST_WAIT = 0.005
MOST_AT_ONCE = 10_000
"""Exceptions of one tenant that a drip makes up for when it goes on after a break."""

Advance = Callable[[int], None]


def drip(
    database: Database,
    request: SeedDripRequest,
    *,
    now: Callable[[], datetime],
    advance: Advance,
    pause: Callable[[float], None] = time.sleep,
) -> SeedDripList:
    """Let exceptions arrive until the time is over or somebody interrupts it; both are a clean end.

    What a drip writes follows from its run, its pace and when it began: one that was stopped, or killed, goes on where
    an undisturbed one would be by now. Raises NotFound where there is no run to go on from, Conflict when another as-of
    is given for a drip that exists, or too much would have to be made up for; Refused on a production database.
    """
    with database.begin(AllTenants(), read_only=True) as work:
        if work.database_info.environment() is Environment.PRODUCTION:
            raise Refused(
                "production_protected",
                f"{database.url.shown} is marked production: nothing is seeded",
                fix="sentinai status",
            )
        require_active(work, request.tenant_ids)
        runs = [run for run in work.seeds.list_all() if "drip" not in run.manifest]
    began = now()
    drips = [_begun(database, run, request, began) for run in _chosen(request, runs)]
    with ExitStack() as stack:
        for one in drips:
            stack.enter_context(one)
        _go_on(drips, began, request.seconds, now=now, advance=advance, pause=pause)
        return SeedDripList.whole([_ended(database, one, now()) for one in drips])


def _go_on(
    drips: list[Dripped],
    began: datetime,
    seconds: float | None,
    *,
    now: Callable[[], datetime],
    advance: Advance,
    pause: Callable[[float], None],
) -> None:
    try:
        while True:
            for one in drips:
                advance(one.go_on(now()))
            left = LONGEST_WAIT if seconds is None else seconds - (now() - began).total_seconds()
            if left <= 0:
                return
            wait = min([LONGEST_WAIT, left, *(one.next_in(now()) for one in drips)])
            pause(max(wait, SHORTEST_WAIT))
    except KeyboardInterrupt:
        return  # that is how it is ended: what was being written is whole or not there


def _chosen(request: SeedDripRequest, runs: list[SeedRun]) -> list[SeedRun]:
    """The newest run of each tenant that was seeded as the request says."""
    scenario = Library.read(bundled("seeds")).scenario(request.scenario)
    wanted = request.tenant_ids or tuple(tenant.tenant_id for tenant in scenario.tenants)
    newest: dict[str, SeedRun] = {}
    for run in runs:
        same = (run.scenario, run.seed, run.manifest.get("days")) == (request.scenario, request.seed, request.days)
        if same and run.tenant_id in wanted:
            newest.setdefault(run.tenant_id, run)
    missing = [tenant_id for tenant_id in request.tenant_ids if tenant_id not in newest]
    if missing or not newest:
        raise NotFound(
            "seed_run_not_found",
            f"there is no seed run of {missing[0] if missing else 'any tenant of the scenario'} to go on from",
            why=f"scenario {request.scenario}, seed number {request.seed}",
            fix=f"sentinai seed --scenario {request.scenario}" + (f" --tenant {missing[0]}" if missing else ""),
        )
    return [newest[tenant_id] for tenant_id in wanted if tenant_id in newest]


def _begun(database: Database, base: SeedRun, request: SeedDripRequest, began: datetime) -> Dripped:
    """The drip of one run, stored; what is there by now is known afterwards."""
    with database.begin(TenantScope(base.tenant_id)) as work:
        made = Dripped(database, base, plan_again(work, base, count=base.records), request, request.as_of or began)
        made.adopt(work.seeds.begin(made.new_run), given=request.as_of)
        work.record(tenant_id=base.tenant_id, before={"run": made.run.identity, "of": base.identity})
        made.look(work)
    if made.due(began) > MOST_AT_ONCE:
        raise Conflict(
            "seed_drip_far_behind",
            f"the drip of {base.tenant_id} stopped too long ago to be made up for",
            why=f"{made.due(began):,} exceptions would have arrived since, at most {MOST_AT_ONCE:,} are made up for",
            fix=f"sentinai seed drip --tenant {base.tenant_id} --new-run",
        )
    return made


def _ended(database: Database, one: Dripped, at: datetime) -> SeedDrip:
    with database.begin(TenantScope(one.run.tenant_id)) as work:
        digest = one.digest()
        work.seeds.finish(one.run, records=one.records, digest=digest, at=at)
        after: dict[str, object] = {"run": one.run.identity, "records": one.records, "inserted": one.inserted}
        after |= {"events": one.events, "digest": digest}
        changed = one.inserted or one.events
        work.record(Outcome.DONE if changed else Outcome.UNCHANGED, tenant_id=one.run.tenant_id, after=after)
    return SeedDrip(
        tenant_id=one.run.tenant_id,
        domain=one.domain,
        scenario=one.run.scenario,
        seed=one.run.seed,
        of=one.of,
        identity=one.run.identity,
        prefix=one.prefix,
        as_of=one.run.as_of,
        until=at.astimezone(UTC),
        records=one.records,
        inserted=one.inserted,
        events=one.events,
        left_alone=one.left_alone,
        digest=digest,
    )
