"""Whose rows a transaction may touch. Always a value, never an optional tenant id."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class TenantScope:
    """One tenant's rows and nothing else."""

    tenant_id: str


@dataclass(frozen=True, slots=True)
class AllTenants:
    """Every tenant's rows: the wide case, spelled out where it is used."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The owner's rights, for schema upkeep; journalled with its reason."""

    reason: str


Scope: TypeAlias = TenantScope | AllTenants | Maintenance
