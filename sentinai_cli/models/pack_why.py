"""Why an exception is as severe as it is."""

from sentinai_cli.models.base import Model
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.severity_decision import Layer, RuleTried


class PackWhy(Model):
    """What the active packs decide about one exception, and how they come to it.

    `rule` names what won: a rule, or the JSON pointer of an override or default. `tried` holds every rule, also those
    that an override makes void; `without_override` is what they would have said. `approval_by` and `playbook_by` point
    into a pack. `exception_id` and `stored_severity` are of a stored exception; `notes` say what may surprise.
    """

    tenant_id: str
    exception_id: str | None
    type: str
    domain_pack: str
    policy_pack: str | None
    severity: Severity
    layer: Layer
    rule: str | None
    without_override: Severity | None
    tried: tuple[RuleTried, ...]
    approval_required: bool
    approval_by: str | None
    playbook_id: str | None
    playbook_by: str | None
    stored_severity: Severity | None
    notes: tuple[str, ...]
