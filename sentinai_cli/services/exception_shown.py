"""One exception with all that helps to understand it."""

from datetime import datetime

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.models.exception import ExceptionDetail
from sentinai_cli.models.exception_playbook import ExceptionPlaybook, Run, last_run, steps_of_run
from sentinai_cli.models.exception_shown import NEWEST_EVENTS, ExceptionShown
from sentinai_cli.models.exception_sla import Sla
from sentinai_cli.models.playbook import PlaybookStep, PlaybookVersion
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.exception import detail_of
from sentinai_cli.services.exception_past import as_it_was


def show_exception(
    database: Database,
    scope: TenantScope | AllTenants,
    exception_id: str,
    *,
    at: datetime,
    as_of: datetime | None = None,
) -> tuple[ExceptionShown, bool]:
    """The exception at `at`, or else what its events made of it until `as_of`, with the flag of `as_it_was`.

    Only the newest events are with it. Raises as `detail_of` and `as_it_was`.
    """
    with database.begin(scope, read_only=True) as work:
        detail, rewritten = detail_of(work, scope, exception_id), False
        if as_of is not None:
            detail, rewritten = as_it_was(detail, at=as_of)
        playbook = _playbook(work, detail)
    at = as_of or at
    sla = Sla.of(created_at=detail.created_at, deadline=detail.sla_deadline, resolved_at=detail.resolved_at, at=at)
    shown = ExceptionShown(
        **{**dict(detail), "events": detail.events[-NEWEST_EVENTS:]},
        at=at,
        age_seconds=int((at - detail.created_at).total_seconds()),
        sla=sla,
        playbook=playbook,
        events_total=len(detail.events),
    )
    return shown, rewritten


def _playbook(work: Work, detail: ExceptionDetail) -> ExceptionPlaybook | None:
    if detail.current_playbook_id is None:
        return None
    run = last_run(detail.events, detail.current_playbook_id)
    version, steps = _content(work, detail.tenant_id, detail.current_playbook_id, run)
    return ExceptionPlaybook(
        playbook_id=detail.current_playbook_id,
        version=version.version if version else None,
        name=version.name if version else None,
        started_at=run.started_at,
        completed=run.completed,
        current_step=detail.current_step,
        steps=steps_of_run(run, steps, detail.current_step),
    )


def _content(
    work: Work, tenant_id: str, playbook_id: str, run: Run
) -> tuple[PlaybookVersion | None, list[PlaybookStep]]:
    """The content that the run may have gone by, the active one before newer and older ones.

    Events do not say which it was; one with other steps it cannot have been.
    """
    versions = [version for version in work.playbooks.versions(tenant_id) if version.playbook_id == playbook_id]
    for version in sorted(versions, key=lambda one: (one.active, one.version), reverse=True):
        steps = work.playbook_steps.of_playbook(tenant_id, playbook_id, version.version)
        if run.fits(steps):
            return version, steps
    return None, []
