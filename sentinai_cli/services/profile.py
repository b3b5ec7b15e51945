"""Listing the profiles, and choosing the default one."""

from collections.abc import Mapping
from pathlib import Path

from sentinai_cli.config import config_files, profile_in_force
from sentinai_cli.config.default_profile import write_default
from sentinai_cli.config.password import source_of
from sentinai_cli.config.profile import EMBEDDED, ConfigFile, choose
from sentinai_cli.config.profile import Profile as Configured
from sentinai_cli.errors import SentinaiError
from sentinai_cli.models.database import Environment
from sentinai_cli.models.profile import Profile, ProfileList, ProfileUsed

BUILT_IN = "built in"


def list_profiles(*, environ: Mapping[str, str], cwd: Path, flag: str | None) -> ProfileList:
    """Every profile that `--profile` may name. Reads the files and no password, and opens nothing.

    `flag` is what this run's `--profile` says. Raises as settings do, but for what concerns passwords.
    """
    in_force, _ = profile_in_force(profile=flag, environ=environ, cwd=cwd)
    embedded = Profile(
        name=EMBEDDED,
        in_force=in_force == EMBEDDED,
        database=None,
        environment=None,
        tenant=None,
        password=None,
        file=BUILT_IN,
    )
    found = {EMBEDDED: embedded}
    for file in config_files(cwd):
        for name in sorted(file.profiles):
            found.setdefault(name, _listed(Configured(name, file.origin, file), file, in_force))
    return ProfileList.whole(found.values())


def use_profile(
    name: str, *, environ: Mapping[str, str], cwd: Path, in_project: bool | None, flag: str | None
) -> ProfileUsed:
    """Make `name` the default profile, in the project file, in the user's, or (None) in the project's if there is one.

    `flag` is what this run's `--profile` says. Raises NotFound `unknown_profile`, and as `write_default` does. What is
    in force afterwards may be another one: variables and the project file come first, and the result says so.
    """
    project, user = files = config_files(cwd)
    choose(name, files)
    file = project if in_project or (in_project is None and project.path.is_file()) else user
    changed = write_default(file.path, name, origin=file.origin)
    in_force, because = profile_in_force(profile=flag, environ=environ, cwd=cwd)
    return ProfileUsed(profile=name, file=str(file.path), changed=changed, in_force=in_force, because=because)


def _listed(profile: Configured, file: ConfigFile, in_force: str) -> Profile:
    values, problem, database, password = profile.values, None, None, None
    try:
        if url := profile.address("database_url"):
            database, password = url.shown, source_of(values, url)
    except SentinaiError as error:
        problem = f"{error.what}: {error.why}"
    environment, tenant = values.get("environment"), values.get("tenant")
    return Profile(
        name=profile.name,
        in_force=in_force == profile.name,
        database=database,
        environment=Environment(str(environment)) if environment else None,
        tenant=str(tenant) if tenant else None,
        password=password,
        file=file.origin,
        problem=problem,
    )
