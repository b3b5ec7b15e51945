"""The runs that a database knows."""

import re

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.seed import SeedRun
from sentinai_cli.models.seed_run import SeedRunList, SeedRunSummary
from sentinai_cli.services.tenant import require_tenant

_PREFIX = re.compile(r"(?:[^-]+-)?(?P<hex>[0-9a-f]{4,64})")


def list_runs(database: Database, scope: TenantScope | AllTenants) -> SeedRunList:
    """Every run in scope, the newest first. Raises NotFound for no such tenant."""
    return SeedRunList.whole(
        SeedRunSummary.model_validate(run.model_dump(exclude={"manifest"}) | {"drip": "drip" in run.manifest})
        for run in _runs(database, scope)
    )


def find_run(database: Database, scope: TenantScope | AllTenants, reference: str) -> SeedRun:
    """The run that the start of an identity (four hex digits or more) or of its exceptions' ids (`FIN-1A2B3C4D`) names.

    Raises NotFound, and InvalidInput when it could be several.
    """
    read = _PREFIX.fullmatch(reference.lower())
    named = [run for run in _runs(database, scope) if read and run.identity.startswith(read["hex"])]
    if not named:
        raise NotFound("seed_run_not_found", f"there is no seed run {reference[:80]!r}", fix="sentinai seed runs")
    if len(named) > 1:
        several = ", ".join(f"{run.identity[:16]} of {run.tenant_id}" for run in named)
        raise InvalidInput("ambiguous_seed_run", f"{reference!r} is the start of several runs", why=several)
    return named[0]


def _runs(database: Database, scope: TenantScope | AllTenants) -> list[SeedRun]:
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        return work.seeds.list_all()
