"""What waiting for a database comes to."""

from sentinai_cli.models.base import Model


class WaitResult(Model):
    """The database answers. `waited_seconds` counts from the first attempt."""

    database: str
    server_version: str
    waited_seconds: float
