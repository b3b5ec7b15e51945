"""Scenarios: what there is to be seeded."""

from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult


class SeedScenario(Model):
    """A scenario as its file declares it; `exceptions` over `tenants` tenants that arrived within `days` days."""

    name: str
    description: str
    tenants: int
    exceptions: int
    days: int
    story: str


class SeedScenarioList(ListResult[SeedScenario]):
    """All of them, by name."""
