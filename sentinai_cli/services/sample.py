"""The sample packs that travel with the tool."""

from functools import cache

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_version import PackKind
from sentinai_cli.packs.reader import read_pack
from sentinai_cli.resources import bundled


@cache
def sample_packs() -> dict[tuple[PackKind, str], tuple[str, bytes]]:
    """File name and content of each sample, by kind and by domain or tenant id."""
    found = {}
    for path in sorted(bundled("domainpacks").glob("*.sample.json")):
        data = path.read_bytes()
        pack = read_pack(data, name=path.name)
        key = (PackKind.DOMAIN, pack.domain_name) if isinstance(pack, DomainPack) else (PackKind.POLICY, pack.tenant_id)
        found[key] = (path.name, data)
    return found
