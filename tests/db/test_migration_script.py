"""The revisions are read from their files as Alembic reads them, and quicker."""

import hashlib
from pathlib import Path

import pytest

from sentinai_cli.db import migration_script
from tests.db.revision import Revisions


def test_what_the_files_say_of_themselves_is_what_alembic_finds() -> None:
    known = list(migration_script.scripts().walk_revisions())
    assert migration_script.revisions() == [script.revision for script in reversed(known)]
    assert migration_script.head() == migration_script.scripts().get_current_head()
    for script in known:
        assert migration_script.title(script.revision) == script.doc.rstrip(".")
        assert migration_script.checksum(script.revision) == hashlib.sha256(Path(script.path).read_bytes()).hexdigest()


def test_files_that_make_no_single_line_are_left_to_alembic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    revisions = Revisions(tmp_path / "migrations")
    monkeypatch.setattr(migration_script, "bundled", lambda _: revisions.place)
    first = min((revisions.place / "versions").glob("0001_*.py"))
    (first.parent / "0001_again.py").write_text(first.read_text())
    assert not migration_script._files(revisions.place)
