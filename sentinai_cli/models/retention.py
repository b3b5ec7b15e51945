"""How long exceptions live after they were resolved, what is beyond that, and what became of it."""

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult

FLAG = "older-than"


class RetentionItem(Model):
    """One tenant's exceptions beyond their time to live.

    `ttl_days` counts from the resolution; `source` says where it comes from, the flag or a policy pack, and is None
    together with it where nothing says how long. `policy_days` is what the policy pack says, also where the flag
    decides. Of `candidates` with `events`, `held` are under a legal hold. `oldest` and `newest` are resolutions.
    `estimated_bytes` is of rows, without indexes, from a sample of the candidates.
    """

    tenant_id: str
    ttl_days: int | None
    source: str | None
    policy_days: int | None
    cutoff: Moment | None
    candidates: int
    events: int
    held: int
    oldest: Moment | None
    newest: Moment | None
    estimated_bytes: int

    @property
    def is_early(self) -> bool:
        """Whether more would go than the tenant's own policy says."""
        return self.ttl_days is not None and self.policy_days is not None and self.ttl_days < self.policy_days


class RetentionPlan(ListResult[RetentionItem]):
    """What a run would look at, by tenant."""


class RetentionDone(Model):
    """What became of one export.

    `exported` exceptions stand in the directory `export`, under the manifest of this SHA-256. `erased` ones with
    `events` are gone; `held` came under a legal hold meanwhile, `changed` ones are not as they were exported, and both
    are still there. `resumed` is an export that an earlier run had not finished.
    """

    tenant_id: str
    ttl_days: int | None
    source: str | None
    export: str
    manifest_sha256: str
    resumed: bool
    exported: int
    erased: int
    events: int
    held: int
    changed: int


class RetentionRun(ListResult[RetentionDone]):
    """Exports that were made or finished, and erased, by tenant."""
