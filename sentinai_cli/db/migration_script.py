"""The revisions that this tool brings, as files: which there are, their texts, the SQL that they come to."""

import ast
import hashlib
import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.resources import bundled

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

BASE = "base"
_LINK = re.compile(r'^(revision|down_revision) = (?:"([^"]+)"|None)$', re.MULTILINE)


def directory() -> Path:
    """The directory with env.py, the revisions and their catalogues."""
    return bundled("migrations")


def scripts() -> "ScriptDirectory":
    """The revisions that this tool brings, as Alembic has them."""
    return _scripts(directory())


@cache
def _scripts(place: Path) -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config(place))


def config() -> "Config":
    """Alembic's configuration, pointing at the bundled migrations."""
    return _config(directory())


def _config(place: Path) -> "Config":
    from alembic.config import Config

    made = Config(output_buffer=io.StringIO())
    made.set_main_option("script_location", str(place).replace("%", "%%"))
    return made


def head() -> str:
    """The newest revision that this tool knows."""
    return revisions()[-1]


def revisions() -> list[str]:
    """Every revision, oldest first."""
    return list(_files(directory()) or [script.revision for script in reversed(list(scripts().walk_revisions()))])


def title(revision: str) -> str:
    """The first paragraph of what the revision says of itself."""
    said = ast.get_docstring(ast.parse(_text(revision))) or ""
    return said.split("\n\n")[0].rstrip(".")


def checksum(revision: str) -> str:
    """SHA-256 over the revision's file, hex."""
    return hashlib.sha256(_text(revision).encode()).hexdigest()


def _text(revision: str) -> str:
    path = _files(directory()).get(revision) or Path(scripts().get_revision(revision).path)
    return path.read_bytes().decode()


@cache
def _files(place: Path) -> Mapping[str, Path]:
    """The revisions' files, oldest first, as they chain themselves; Alembic, which takes its time, when in doubt."""
    after: dict[str | None, tuple[str, Path]] = {}
    files = list((place / "versions").glob("*.py"))
    for path in files:
        said = {name: value or None for name, value in _LINK.findall(path.read_text(encoding="utf-8"))}
        revision = said.get("revision")
        if revision is None or "down_revision" not in said or said["down_revision"] in after:
            return {}
        after[said["down_revision"]] = revision, path
    found: dict[str, Path] = {}
    last: str | None = None
    while last in after:
        last, path = after[last]
        found[last] = path
    return found if len(found) == len(files) else {}


def find(name: str) -> str:
    """The revision that is meant by its number or `head`. Raises NotFound naming those there are."""
    if name == "head":
        return head()
    if name not in revisions():
        raise NotFound(
            "revision_not_found",
            f"there is no revision {name[:80]!r}",
            why=f"revisions: {', '.join(revisions())}",
            fix="sentinai migrate history",
        )
    return name


def between(current: str | None, target: str | None) -> list[str]:
    """The revisions after `current` up to `target`, oldest first; None is an empty database."""
    known = revisions()
    begin = known.index(current) + 1 if current else 0
    return known[begin : known.index(target) + 1] if target else []


def before(revision: str) -> str | None:
    """The revision that it follows, None for the first."""
    place = revisions().index(revision)
    return revisions()[place - 1] if place else None


def render(current: str | None, target: str | None) -> str:
    """The SQL of going from one revision to its neighbour or further, up or down, as Alembic writes it.

    Raises InvalidInput for a revision that looks at the database while it is written.
    """
    from alembic import command

    rendering = config()
    buffer = io.StringIO()
    rendering.output_buffer = buffer
    up = target is not None and (current is None or revisions().index(target) >= revisions().index(current))
    move = command.upgrade if up else command.downgrade
    try:
        move(rendering, f"{current or BASE}:{target or BASE}", sql=True)
    except AttributeError as error:
        raise InvalidInput(
            "revision_needs_database",
            f"the SQL between {current or BASE} and {target or BASE} depends on what is in the database",
            why=str(error),
        ) from error
    return buffer.getvalue()


def has_stated_safety(revision: str) -> bool:
    """Whether the skeleton's request to say how safe the revision is was answered."""
    return "Safety: TODO" not in scripts().get_revision(revision).longdoc
