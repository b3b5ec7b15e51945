"""What there is to be seeded."""

from sentinai_cli.models.seed_scenario import SeedScenario, SeedScenarioList
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.library import Library


def list_scenarios() -> SeedScenarioList:
    """Every scenario that comes with the tool, by name."""
    scenarios = Library.read(bundled("seeds")).scenarios
    return SeedScenarioList.whole(
        SeedScenario(
            name=name,
            description=scenario.description,
            tenants=len(scenario.tenants),
            exceptions=sum(tenant.count for tenant in scenario.tenants),
            days=scenario.timeline.days,
            story=scenario.timeline.story,
        )
        for name, scenario in sorted(scenarios.items())
    )
