"""The data that travels with the program."""

from pathlib import Path
from typing import Literal

from sentinai_cli.errors import Unavailable

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: Literal["migrations", "seeds", "domainpacks"]) -> Path:
    """The directory of that name: inside the installed package, else at the top of the checkout.

    Raises Unavailable `installation_incomplete` when it is in neither place.
    """
    for place in (_PACKAGE / "_bundled" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise Unavailable(
        "installation_incomplete",
        f"this installation of sentinai has no {name} directory",
        why="files of the package are missing",
        fix="pip install --force-reinstall sentinai-cli",
    )
