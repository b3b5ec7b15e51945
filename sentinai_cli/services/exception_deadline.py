"""When an exception is due that does not say so itself: by its severity, counted from its creation."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from sentinai_cli.models.exception import Severity
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.library import Library

SCENARIO = "default"
"""The scenario whose SLA holds beyond seeding too; no pack has one."""


@cache
def sla() -> Mapping[Severity, timedelta]:
    """How long each severity may take."""
    hours = Library.read(bundled("seeds")).scenario(SCENARIO).timeline.sla_hours
    return {severity: timedelta(hours=hours[severity]) for severity in Severity}
