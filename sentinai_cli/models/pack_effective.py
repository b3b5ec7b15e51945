"""What holds for a tenant, and which pack says so."""

from enum import StrEnum

from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult


class PackLayer(StrEnum):
    """Who sets a value: the tenant's policy pack, its domain pack, or nobody, so that the tool's own rule holds."""

    POLICY = "policy"
    DOMAIN = "domain"
    DEFAULT = "default"


class EffectiveValue(Model):
    """One value of the merged packs; `name` is its path in them.

    `layer`, `pack` (with its version), `place` (a JSON pointer into that pack) and `instead_of` (what the layer below
    says) are only there in an explanation.
    """

    name: str
    value: object
    layer: PackLayer | None = None
    pack: str | None = None
    place: str | None = None
    instead_of: object = None


class EffectivePacks(ListResult[EffectiveValue]):
    """The merged packs of one tenant, value by value. Values that may be secrets read `***`."""

    tenant_id: str
    domain_pack: str
    policy_pack: str | None
    explained: bool
