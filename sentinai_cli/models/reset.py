"""What resetting a database comes to."""

from sentinai_cli.models.base import Model
from sentinai_cli.models.database import Environment


class ResetResult(Model):
    """`before` is the revision that was there, None in an empty database; `tables_dropped` counts ours."""

    before: str | None
    after: str
    tables_dropped: int
    environment: Environment
