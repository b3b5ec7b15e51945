"""That the event log was verified, entered in the operator journal, where health looks for it."""

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import SentinaiError
from sentinai_cli.models.event_check import EventVerification
from sentinai_cli.models.scope import AllTenants, TenantScope


def record_verification(
    database: Database, scope: TenantScope | AllTenants, found: EventVerification, *, since_seal: bool
) -> str | None:
    """Journal what a verification found; None, or why it could not be, for example on a replica.

    `since_seal` tells that only what no seal closes was looked at, which counts as no verification of the whole.
    """
    try:
        with database.begin(scope) as work:
            work.record(
                tenant_id=scope.tenant_id if isinstance(scope, TenantScope) else None,
                after={
                    "exceptions": found.exceptions,
                    "events": found.events,
                    "seals": found.seals,
                    "broken": found.broken,
                    "since_seal": since_seal,
                },
            )
    except SentinaiError as error:
        return error.why or error.what
    return None
