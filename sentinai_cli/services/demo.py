"""From nothing to seeded, verified exceptions and a first look at the worst of them."""

from collections.abc import Callable
from datetime import datetime

from sentinai_cli.db.engine import Database
from sentinai_cli.db.target import describe
from sentinai_cli.models.demo import Demo
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.seed import seed


def demo(
    database: Database,
    *,
    limit: int,
    now: datetime,
    next_commands: Callable[[str], tuple[str, ...]],
    say: Callable[[str], None],
    advance: Callable[[int], None],
) -> Demo:
    """Migrate, import the sample packs, create the sample tenants, seed and verify. Repeating it changes nothing.

    `database` is the embedded one; `limit` is how many of the worst are shown. `next_commands` makes suggestions from
    the id of the very worst.
    """
    request = SeedRequest(scenario="default", seed=1, tenant_ids=(), count=None, domain=None, as_of=None)
    seeded = seed(database, request, embedded=True, now=now, say=say, advance=advance)
    verification = verify_events(database, AllTenants(), advance=lambda _: None)
    with database.begin(AllTenants(), read_only=True) as work:
        worst = tuple(work.exceptions.worst_unresolved(limit + 1))
    return Demo(
        items=worst[:limit],
        page=Page(limit=limit, has_more=len(worst) > limit, next=None, total=None),
        changed=any(run.inserted for run in seeded.items),
        target=describe(database, profile="embedded", embedded=True),
        tenants=seeded.items,
        verification=verification,
        as_of=min(run.as_of for run in seeded.items),
        next_commands=next_commands(worst[0].exception_id if worst else ""),
    )
