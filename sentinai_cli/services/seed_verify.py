"""Verifying a run: what is stored, held against what the run's identity makes, row by row and as a whole."""

from collections.abc import Callable
from itertools import islice

from sentinai_cli.db.engine import Database
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.seed import SeedRun, SeedRunState
from sentinai_cli.models.seed_check import SeedCheck, SeedVerification
from sentinai_cli.seeding.generate import prepare
from sentinai_cli.seeding.plan import run_digest
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.seed_again import plan_again
from sentinai_cli.services.seed_distribution import Spread
from sentinai_cli.services.seed_row import Line, RowCheck
from sentinai_cli.services.seed_run import find_run

BATCH = 500

Advance = Callable[[int], None]


def verify_run(
    database: Database, scope: TenantScope | AllTenants, reference: str, *, advance: Advance
) -> SeedVerification:
    """Generate the run again and compare it with what is stored; findings are the result, no error.

    Raises NotFound for no such run, InvalidInput for several, CheckFailed `seed_run_not_ours` when this version of the
    tool, or the packs that are stored, make other records of the run's manifest.
    """
    run = find_run(database, scope, reference)
    own = TenantScope(run.tenant_id)
    with database.begin(own, read_only=True) as work:
        written = max((chunk.stop - 1 for chunk in work.seeds.written(run.tenant_id, run.identity)), default=0)
        planned = plan_again(work, run, count=max(run.records, written))
        plan, packs = planned.plan, (planned.domain_pack, planned.policy_pack)
        rows, spread = RowCheck(None if plan.drip else plan.as_of, *packs), Spread(plan)
        records, lines = prepare(plan, PackDecisions(*packs, remembers=False)), list[Line]()
        number = 0
        while batch := list(islice(records, BATCH)):
            stored = work.seeds.stored(run.tenant_id, [record.exception_id for record in batch])
            for record in batch:
                number += 1
                held = stored.get(record.exception_id)
                lines.append(rows.see(record, held))
                if held is not None:
                    spread.see(number, held[0], held[1][: len(record.events)])
            advance(len(batch))
    digest = run_digest(lines[: run.records])
    checks = [_digest_check(run, digest), *rows.results(), *spread.results()]
    return SeedVerification(
        items=tuple(checks),
        page=Page.of_all(len(checks)),
        tenant_id=run.tenant_id,
        scenario=run.scenario,
        seed=run.seed,
        identity=run.identity,
        prefix=plan.prefix,
        as_of=run.as_of,
        records=plan.count,
        moved=rows.moved,
        failed=sum(not check.passed for check in checks),
        stored_digest=run.digest,
        digest=digest,
    )


def _digest_check(run: SeedRun, digest: str) -> SeedCheck:
    complete = run.state is SeedRunState.COMPLETE
    passed = complete and digest == run.digest
    detail = "recomputed from what is stored" if complete else "the run is not complete: seed it again to finish it"
    failed = 0 if passed else max(run.records, 1)
    return SeedCheck(check="the digest is that of the run", passed=passed, checked=1, failed=failed, detail=detail)
