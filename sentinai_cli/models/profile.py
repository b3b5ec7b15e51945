"""Profiles: the named targets of the configuration files."""

from sentinai_cli.models.base import Model
from sentinai_cli.models.database import Environment
from sentinai_cli.models.result import ListResult


class Profile(Model):
    """One named target. `database` is shown without secrets; None is the embedded server.

    `in_force` is the one that this run works with. `password` says where it is from, never what it is; None leaves it
    to libpq. `problem` says why the profile could not be used.
    """

    name: str
    in_force: bool
    database: str | None
    environment: Environment | None
    tenant: str | None
    password: str | None
    file: str
    problem: str | None = None


class ProfileList(ListResult[Profile]):
    """The built-in one first, then by file and name. One that a stronger file defines too is left out."""


class ProfileUsed(Model):
    """`profile` is the default that `file` names from here on; `in_force` is what commands use all the same."""

    profile: str
    file: str
    changed: bool
    in_force: str
    because: str
