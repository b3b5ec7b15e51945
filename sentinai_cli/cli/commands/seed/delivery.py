"""`sentinai seed --via api`: where the platform's API is, and the keys for it."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput, Partial

if TYPE_CHECKING:
    from sentinai_cli.models.seed import SeedRequest
    from sentinai_cli.services.seed_pack import Packs

_LARGEST_KEY = 4096


def key_for(tenant_id: str, key_file: str | None, environ: Mapping[str, str] = os.environ) -> str:
    """The tenant's API key: of the file, else `SENTINAI_API_KEY_<TENANT>`, else `SENTINAI_API_KEY`.

    In a variable's name everything but letters and digits is an underscore. Raises InvalidInput, never with the key.
    """
    own = "SENTINAI_API_KEY_" + "".join(letter if letter.isalnum() else "_" for letter in tenant_id).upper()
    if key_file is not None:
        key = read_file(key_file, _LARGEST_KEY).decode(errors="replace").strip()
    else:
        key = (environ.get(own) or environ.get("SENTINAI_API_KEY") or "").strip()
    if not key:
        why = "give --api-key-file FILE" if key_file else f"give --api-key-file FILE, or set {own} or SENTINAI_API_KEY"
        raise InvalidInput("no_api_key", f"there is no API key for {tenant_id}", why=why)
    if not (key.isascii() and key.isprintable()):
        raise InvalidInput("invalid_api_key", f"the API key for {tenant_id} holds what no header can hold")
    return key


def deliver(
    runtime: Runtime, request: "SeedRequest", packs: "Packs", *, url: str, key_file: str | None, check_health: bool
) -> None:
    """Send the request's records to the platform, show what came of it; Partial when some did not arrive."""
    from sentinai_cli.services.seed_delivery import deliver as run
    from sentinai_cli.services.seed_delivery_state import Deliveries
    from sentinai_cli.services.seed_plan import asked_for

    runtime.note("the platform's API takes no events: the exceptions go as they arrived, without their histories")
    with runtime.progress("Sending", asked_for(request)) as advance:
        result = run(
            request,
            url=url,
            key_of=lambda tenant_id: key_for(tenant_id, key_file),
            now=runtime.now(),
            check_health=check_health,
            advance=advance,
            packs=packs,
            begun=Deliveries(runtime.settings.home, say=runtime.note),
        )
    runtime.show(result)
    lost = sum(one.missing for one in result.items)
    if lost:
        first = next(one for one in result.items if one.missing)
        raise Partial(
            "seed_not_arrived",
            f"{lost} of {sum(one.requested for one in result.items)} exceptions did not arrive",
            why=f"the first: {first.missing_ids[0]} of {first.tenant_id}",
            fix=f"sentinai seed --via api --tenant {first.tenant_id}",
        )
