"""Revisions of a test's own, behind those that the tool brings, in a copy of the migrations."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent

from sentinai_cli.resources import bundled

_TEMPLATE = '''\
"""{title}."""

import time

from alembic import op

from sentinai_cli.db.migration_step import all_rows, build_index

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''


class Revisions:
    """A copy of the migrations in `place`. Whoever wants the tool to use it patches `migration_script.bundled`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        shutil.copytree(bundled("migrations"), place, ignore=shutil.ignore_patterns("__pycache__"))
        self.head = max(path.name[:4] for path in (place / "versions").glob("*.py"))

    def add(self, up: str, down: str = "pass", *, catalogue: Mapping[str, Mapping[str, str]] | None = None) -> str:
        """Add a revision whose bodies are these lines; its catalogue is the last one's with `catalogue` merged in."""
        before, revision = self.head, f"{int(self.head) + 1:04}"
        bodies = {name: indent(dedent(text).strip(), "    ") for name, text in {"up": up, "down": down}.items()}
        text = _TEMPLATE.format(title=f"Test {revision}", revision=revision, before=before, **bodies)
        (self.place / "versions" / f"{revision}_test.py").write_text(text)
        known = json.loads((self.place / "catalogue" / f"{before}.json").read_text())
        for kind, names in (catalogue or {}).items():
            known.setdefault(kind, {}).update(names)
        (self.place / "catalogue" / f"{revision}.json").write_text(json.dumps(known))
        self.head = revision
        return revision
