"""Planning a run again from what is stored about it, to verify it or to tell its future."""

from sentinai_cli.db.work import Work
from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.seed import SeedRun
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import Drip, make_plan
from sentinai_cli.services.pack import read_stored
from sentinai_cli.services.seed_plan import PlannedRun


def plan_again(work: Work, run: SeedRun, *, count: int) -> PlannedRun:
    """The plan of a stored run, with the packs that its manifest names.

    Raises CheckFailed `seed_run_not_ours` when this version of the tool, or the packs that are stored, make other
    records of the manifest.
    """
    manifest = run.manifest
    general = work.domain_packs.with_content(str(manifest.get("domain")), str(manifest.get("domain_pack")))
    overlay = work.policy_packs.with_content(run.tenant_id, str(manifest.get("policy_pack")))
    if general is None or (manifest.get("policy_pack") is not None and overlay is None):
        raise _not_ours(run, "the packs that decided about it are not stored")
    domain_pack = read_stored(DomainPack, general)
    policy_pack = read_stored(PolicyPack, overlay) if overlay else None
    days = manifest.get("days")
    plan = make_plan(
        Library.read(bundled("seeds")),
        scenario=run.scenario,
        seed=run.seed,
        tenant_id=run.tenant_id,
        pack=domain_pack,
        pack_checksum=domain_pack.checksum(),
        policy_checksum=policy_pack.checksum() if policy_pack else None,
        as_of=run.as_of,
        count=count,
        days=days if isinstance(days, int) else None,
        own_as_of="as_of" in manifest,
        drip=_drip(manifest.get("drip")),
    )
    if plan.identity != run.identity:
        raise _not_ours(run, "the scenario, the recipes or the generator are others than those that made it")
    return PlannedRun(plan, domain_pack, policy_pack)


def _drip(told: object) -> Drip | None:
    match told:
        case {"every": int(every), "speed": int(speed)}:
            return Drip(every, speed)
    return None


def _not_ours(run: SeedRun, why: str) -> CheckFailed:
    return CheckFailed("seed_run_not_ours", f"run {run.identity[:12]} of {run.tenant_id} cannot be made again", why=why)
