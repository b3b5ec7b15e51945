"""What verifying a seed run finds."""

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult

SHOWN = 20
"""So many failing rows of a check are named; all are counted."""


class SeedCheck(Model):
    """One thing that must hold. `failed` of `checked` do not; `rows` names the first of them, each with why."""

    check: str
    passed: bool
    checked: int
    failed: int
    detail: str
    rows: tuple[str, ...] = ()


class SeedVerification(ListResult[SeedCheck]):
    """All checks of one run.

    `stored_digest` was kept when the run was written, `digest` is of what the database holds now. `moved` counts
    exceptions on which somebody acted since: what was seeded of them is checked, what became of them is not.
    """

    tenant_id: str
    scenario: str
    seed: int
    identity: str
    prefix: str
    as_of: Moment
    records: int
    moved: int
    failed: int
    stored_digest: str | None
    digest: str
