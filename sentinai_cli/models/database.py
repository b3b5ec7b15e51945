"""The database as a target: what it is, what its schema is, what may be done to it."""

from enum import StrEnum

from sentinai_cli.models.base import Model, Moment


class Environment(StrEnum):
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class SchemaState(StrEnum):
    """`ahead` of this tool: a newer one went on from our newest revision. `diverged`: another history than ours.

    `unknown` is a revision of which nothing is recorded, `foreign` what sentinai did not make.
    """

    EMPTY = "empty"
    BEHIND = "behind"
    UP_TO_DATE = "up_to_date"
    AHEAD = "ahead"
    DIVERGED = "diverged"
    UNKNOWN = "unknown_revision"
    FOREIGN = "foreign"


class Isolation(StrEnum):
    """`degraded` means that the scopes' roles are missing or cannot be set by this login."""

    ENFORCED = "enforced"
    DEGRADED = "degraded"


class Target(Model):
    """Where the work goes. `database` is safe to show: it holds no password."""

    profile: str
    database: str
    embedded: bool
    server_version: str
    revision: str | None
    environment: Environment | None


class EmbeddedStatus(Model):
    """The embedded server. `pid`, `started_at`, `version` and `size_bytes` are known only while it runs."""

    running: bool
    home: str
    data_directory: str
    socket_directory: str
    os_user: str
    version: str | None
    pid: int | None
    started_at: Moment | None
    size_bytes: int | None


class DatabaseAddress(Model):
    """A target's URL."""

    url: str


class EnvironmentMark(Model):
    """The environment that the database is marked as; `changed` tells whether this command changed it."""

    environment: Environment
    changed: bool
