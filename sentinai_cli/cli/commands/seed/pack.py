"""Which packs decide about what goes into no database."""

from typing import TYPE_CHECKING

from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput

if TYPE_CHECKING:
    from sentinai_cli.services.seed_pack import Packs


def deciding(runtime: Runtime, files: list[str] | None, *, active: bool) -> "Packs":
    """Those of the files beside the bundled ones, or the active ones. Raises InvalidInput for both, or a bad file."""
    from sentinai_cli.services.seed_pack import ActivePacks, GivenPacks

    if active and files:
        raise InvalidInput("options_contradict", "--active and --packs exclude each other", why="give one of them")
    if active:
        return ActivePacks(runtime.database)
    return GivenPacks([(name, read_file(name)) for name in files or ()])
