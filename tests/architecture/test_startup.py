"""What asking for help costs: nothing heavy is imported, nothing of the operator's is read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("alembic", "faker", "httpx", "psycopg", "pydantic", "rich", "sqlalchemy")

EVERY_HELP = """
import json, sys
here = sys.argv[1]
opened = []
sys.addaudithook(lambda event, about: opened.append(str(about[0])) if event == "open" else None)

from sentinai_cli.cli.app import TABLE, root
from sentinai_cli.cli.command import Group
from sentinai_cli.cli.lazy import load
from sentinai_cli.cli.run import run

def paths(path, command):
    yield path
    if isinstance(command, Group):
        for name, inner in command.commands.items():
            yield from paths([*path, name], inner)

asked = [[]] + [path for name, entry in TABLE.items() for path in paths([name], load(name, entry))]
stdout, sys.stdout = sys.stdout, open("/dev/null", "w")
codes = {" ".join(path): run([*path, "--help"]) for path in asked}
modules = sorted({name.partition(".")[0] for name in sys.modules})
json.dump({"codes": codes, "modules": modules, "opened": [name for name in opened if name.startswith(here)]}, stdout)
"""

ONE = """
import json, sys
from sentinai_cli.cli.main import main
try:
    main()
except SystemExit as end:
    json.dump({"code": end.code, "modules": sorted(sys.modules)}, sys.stderr)
"""


@pytest.fixture
def hostile_place(tmp_path: Path) -> Path:
    """A working directory whose files would be errors if anybody read them."""
    (tmp_path / ".env").write_text("DATABASE_URL=nonsense")
    (tmp_path / "sentinai.toml").write_text("not = [toml")
    return tmp_path


def _fresh(script: str, *arguments: str, cwd: Path, environ: dict[str, str] | None = None) -> tuple[str, str]:
    command = [sys.executable, "-c", script, *arguments]
    ran = subprocess.run(command, cwd=cwd, env=environ or {}, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout, ran.stderr


def test_the_help_of_every_command_imports_nothing_heavy_and_reads_nothing(hostile_place: Path) -> None:
    environ = {"DATABASE_URL": "nonsense", "SENTINAI_PROFILE": "nonsense"}
    out, _ = _fresh(EVERY_HELP, str(hostile_place), cwd=hostile_place, environ=environ)
    seen = json.loads(out)
    assert len(seen["codes"]) > 10
    assert set(seen["codes"].values()) == {0}
    assert [name for name in HEAVY if name in seen["modules"]] == []
    assert seen["opened"] == []


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_imports_nothing_but_the_package(flag: str, tmp_path: Path) -> None:
    _, err = _fresh(ONE, flag, cwd=tmp_path)
    ours = [name for name in json.loads(err)["modules"] if name.partition(".")[0] == "sentinai_cli"]
    assert ours == ["sentinai_cli", "sentinai_cli.cli", "sentinai_cli.cli.main"]
    assert "typer" not in json.loads(err)["modules"]


def test_the_root_help_imports_no_command(tmp_path: Path) -> None:
    _, err = _fresh(ONE, "--help", cwd=tmp_path)
    modules = json.loads(err)["modules"]
    assert [name for name in modules if name.startswith("sentinai_cli.cli.commands")] == []
    assert [name for name in HEAVY if name in modules] == []


def test_completion_imports_nothing_heavy_even_for_live_names(hostile_place: Path) -> None:
    words = ["__complete", "zsh", "sentinai", "exceptions", "list", "--tenant", ""]
    out, err = _fresh(ONE, *words, cwd=hostile_place, environ={"SENTINAI_HOME": str(hostile_place / "home")})
    assert out == "words\n"
    assert [name for name in HEAVY if name in json.loads(err)["modules"]] == []


def test_a_process_that_shares_a_verification_starts_without_what_it_does_not_use(tmp_path: Path) -> None:
    imported = "import json, sys, sentinai_cli.services.event_worker; print(json.dumps(sorted(sys.modules)))"
    modules = json.loads(_fresh(imported, cwd=tmp_path)[0])
    assert "psycopg" in modules
    assert {"pydantic", "sqlalchemy", "alembic", "rich"}.isdisjoint(modules)
