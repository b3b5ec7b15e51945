"""How two stored packs differ."""

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.pack_diff import PackDiff
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs.diff import pack_changes
from sentinai_cli.packs.json_patch import json_patch
from sentinai_cli.packs.secret import masked
from sentinai_cli.services.pack import find_pack
from sentinai_cli.services.tenant import require_tenant


def diff_packs(database: Database, scope: TenantScope | AllTenants, a: PackReference, b: PackReference) -> PackDiff:
    """What changes from `a` to `b`. Without a version: the active one of the scope's tenant, else the newest.

    Raises NotFound for no such pack, InvalidInput for a domain pack and a policy pack.
    """
    if a.kind is not b.kind:
        raise InvalidInput(
            "packs_of_two_kinds", f"{a} and {b} cannot be compared", why="one is a domain pack, the other a policy pack"
        )
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        stored = [find_pack(work, reference) for reference in (a, b)]
    before, after = (masked(pack.pack_json) for pack in stored)
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    changes = pack_changes(before, after)
    names = [
        str(reference.model_copy(update={"version": pack.version}))
        for reference, pack in zip((a, b), stored, strict=True)
    ]
    return PackDiff(
        items=changes, page=Page.of_all(len(changes)), a=names[0], b=names[1], patch=json_patch(before, after)
    )
