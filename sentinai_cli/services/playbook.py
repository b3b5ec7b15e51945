"""Tenants' playbooks: made of the active packs, listed and shown."""

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.pack_version import PackKind
from sentinai_cli.models.playbook import (
    ActionType,
    Playbook,
    PlaybookDetail,
    PlaybookList,
    PlaybookStep,
    StepState,
)
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs import overlay
from sentinai_cli.packs.check import BUILT_IN_ACTIONS, tools_named
from sentinai_cli.packs.secret import masked
from sentinai_cli.services.pack_pair import PackPair
from sentinai_cli.services.tenant import require_tenant

ReadScope = TenantScope | AllTenants


def materialise_playbooks(work: Work, tenant_id: str, pair: PackPair) -> None:
    """Make exactly the pair's playbooks the tenant's active ones; doing it again changes nothing."""
    known = {(stored.playbook_id, stored.checksum): stored for stored in work.playbooks.versions(tenant_id)}
    custom = {book.playbook_id for book in (pair.policy_pack.custom_playbooks if pair.policy_pack else ())}
    active = []
    for playbook in overlay.playbooks(pair.domain_pack, pair.policy_pack):
        kind = PackKind.POLICY if playbook.playbook_id in custom else PackKind.DOMAIN
        version = pair.policy_version if kind is PackKind.POLICY else pair.domain_version
        content = checksum({"origin": kind.value, **playbook.model_dump(mode="json", by_alias=True)})
        stored = known.get((playbook.playbook_id, content))
        if stored is None:
            assert version is not None
            stored = work.playbooks.add(
                tenant_id, playbook, origin=kind.value, origin_version=version, checksum=content
            )
            work.playbook_steps.add(tenant_id, stored.playbook_id, stored.version, steps_of(playbook))
        active.append((stored.playbook_id, stored.version))
    work.playbooks.set_active(tenant_id, active)


def steps_of(playbook: Playbook) -> list[PlaybookStep]:
    """The steps as they are stored: numbered from 1, each with a name of its own and who takes it."""
    taken = {step.step_id for step in playbook.steps if step.step_id}
    steps = []
    for number, step in enumerate(playbook.steps, start=1):
        name = step.step_id or f"step-{number}"
        while step.step_id is None and name in taken:
            name += "-"
        taken.add(name)
        tool = next((tool for _, tool in tools_named(step)), None)
        built_in = step.action in BUILT_IN_ACTIONS
        steps.append(
            PlaybookStep(
                step_order=number,
                name=name,
                action_type=ActionType.TOOL if tool else ActionType.BUILT_IN if built_in else ActionType.MANUAL,
                action=step.action,
                tool_name=tool,
                description=step.description,
                params=dict(step.parameters),
            )
        )
    return steps


def list_playbooks(
    database: Database, scope: ReadScope, *, exception_type: str | None = None, every: bool = False
) -> PlaybookList:
    """The active playbooks, or `every` content there was. Raises NotFound for no such tenant."""
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        return PlaybookList.whole(
            work.playbooks.list_all(exception_type=exception_type, active=None if every else True)
        )


def show_playbook(
    database: Database, scope: ReadScope, playbook_id: str, *, version: int | None = None
) -> PlaybookDetail:
    """One playbook with its steps; without a version the active one, else the newest.

    Raises NotFound, and InvalidInput when several tenants in scope have one of that id.
    """
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        owners = sorted(
            {
                book.tenant_id
                for book in work.playbooks.list_all(active=None)
                if book.playbook_id == playbook_id and version in (None, book.version)
            }
        )
        if not owners:
            raise NotFound(
                "playbook_not_found",
                f"there is no playbook {playbook_id[:128]}",
                fix="sentinai playbooks list",
                named=playbook_id,
            )
        if len(owners) > 1:
            raise InvalidInput(
                "playbook_ambiguous",
                f"{len(owners)} tenants have a playbook {playbook_id}",
                why=", ".join(owners),
                fix=f"sentinai playbooks show {playbook_id} --tenant {owners[0]}",
            )
        found = work.playbooks.get(owners[0], playbook_id, version)
        assert found is not None
        steps = work.playbook_steps.of_playbook(found.tenant_id, playbook_id, found.version)
        usable = {tool.name for tool in work.tools.list_all(tenant_id=found.tenant_id, usable=True)}
        in_use = work.exceptions.count_in_playbook(found.tenant_id, playbook_id)
    states = tuple(_state(step, usable) for step in steps)
    return PlaybookDetail(**found.model_dump(), steps=states, in_use=in_use)


def _state(step: PlaybookStep, usable: set[str]) -> StepState:
    params = masked(step.params)
    assert isinstance(params, dict)
    known = None if step.tool_name is None else step.tool_name in usable
    return StepState(**{**step.model_dump(), "params": params}, tool_usable=known)
