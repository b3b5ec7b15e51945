"""Writing the default profile changes one line of a file and nothing else."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.config.default_profile import write_default
from sentinai_cli.errors import InvalidInput, Refused

COMMENTED = """\
# who we are

# the default
profile = "old"  # until Friday

[profiles.old] # [not a table]
database_url = "postgresql://h/d"
[profiles.live]
environment = "production"
"""


def _write(path: Path, name: str) -> bool:
    return write_default(path, name, origin="project file sentinai.toml")


def test_a_file_that_names_one_keeps_everything_else(tmp_path: Path) -> None:
    path = tmp_path / "sentinai.toml"
    path.write_text(COMMENTED)
    path.chmod(0o640)
    assert _write(path, "live")
    assert path.read_text() == COMMENTED.replace('"old"', '"live"', 1)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["sentinai.toml"]


def test_a_file_without_one_gets_a_line_before_the_tables_and_after_its_heading(tmp_path: Path) -> None:
    path = tmp_path / "sentinai.toml"
    path.write_bytes(b"# ours\r\n[profiles.live]\r\ntenant = 'T'\r\n")
    assert _write(path, "live")
    assert path.read_bytes() == b"# ours\r\nprofile = \"live\"\n\n[profiles.live]\r\ntenant = 'T'\r\n"


def test_a_file_that_is_not_there_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    assert _write(path, "embedded")
    assert path.read_text() == 'profile = "embedded"\n'
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "sentinai.toml"
    path.write_text(COMMENTED)
    before = path.stat()
    assert not _write(path, "old")
    assert path.stat().st_ino == before.st_ino


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept.toml").write_text(COMMENTED)
    (tmp_path / "sentinai.toml").symlink_to("kept.toml")
    assert _write(tmp_path / "sentinai.toml", "live")
    assert (tmp_path / "sentinai.toml").is_symlink()
    assert '"live"' in (tmp_path / "kept.toml").read_text()


@pytest.mark.parametrize("text", ['profile = """old"""\n', "\"profile\" = 'old'\n", "'profile' = 'a'\n[x]\n"])
def test_a_spelling_that_is_not_understood_is_refused_and_stays(text: str, tmp_path: Path) -> None:
    path = tmp_path / "sentinai.toml"
    path.write_text(text)
    with pytest.raises(Refused, match="not changed by machine"):
        _write(path, "live")
    assert path.read_text() == text


def test_a_file_that_is_not_toml_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sentinai.toml"
    path.write_text("profile = [")
    with pytest.raises(InvalidInput):
        _write(path, "live")
    assert path.read_text() == "profile = ["


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)


@settings(max_examples=30)
@given(
    name=NAMES,
    before=st.one_of(st.none(), NAMES),
    comments=st.lists(st.sampled_from(["# [x]", "", "  # profile = 'no'", "#"]), max_size=3),
)
def test_whatever_the_name_the_file_says_it_and_the_rest_stays(
    name: str, before: str | None, comments: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("config") / "sentinai.toml"
    lines = [*comments, *([] if before is None else [f"profile = {_literal(before)}"]), "[profiles.p]", 'tenant = "T"']
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _write(path, name)
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    assert document == {"profile": name, "profiles": {"p": {"tenant": "T"}}}
    assert [line for line in comments if line not in path.read_text(encoding="utf-8").split("\n")] == []


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
