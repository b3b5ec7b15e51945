"""Which packs decide for tenants, as they are stored."""

from typing import NamedTuple

from sentinai_cli.db.health.subject import Subject


class ActivePack(NamedTuple):
    """What decides for an active tenant; `domain` None means that nothing does."""

    tenant_id: str
    domain: str | None
    domain_version: int | None
    domain_pack: dict[str, object] | None


def active_packs(subject: Subject) -> list[ActivePack]:
    """The active domain pack of every active tenant, by tenant."""
    with subject.across_tenants():
        return [ActivePack._make(row) for row in subject.rows("health_pack")]
