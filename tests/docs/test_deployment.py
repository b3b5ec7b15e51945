"""The workflow, the image and the compose file: what can be said of them without running a container."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from sentinai_cli.config import load_settings
from sentinai_cli.models.database_url import DatabaseUrl
from tests.conftest import connect
from tests.docs.page import TOP

WORKFLOW: dict[str, Any] = yaml.safe_load((TOP / "docs" / "how-to" / "sentinai-ci.yaml").read_text(encoding="utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((TOP / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (TOP / "Dockerfile").read_text(encoding="utf-8")
STEPS = [step for step in WORKFLOW["jobs"]["database"]["steps"] if "run" in step]
INSTALLS = "pip install"


def _instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in joined.splitlines() if line.strip()]


def test_the_dockerfile_ends_as_an_account_without_rights() -> None:
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "VOLUME", "USER", "ENTRYPOINT", "CMD"}
    instructions = _instructions()
    assert {name for name, _ in instructions} <= known
    (user,) = [said for name, said in instructions if name == "USER"]
    assert int(user) > 0
    assert f"--uid {user} " in DOCKERFILE
    after = [name for name, _ in instructions[[name for name, _ in instructions].index("USER") :]]
    assert "RUN" not in after


def test_the_image_installs_only_pinned_and_hashed_requirements() -> None:
    for name, said in _instructions():
        for part in said.split("&&") if name == "RUN" else ():
            if "pip install" in part:
                assert "--require-hashes -r requirements/" in part or "--no-deps --no-build-isolation" in part
                for file in re.findall(r"-r (\S+)", part):
                    assert (TOP / file).is_file()


def test_what_the_image_is_built_from_is_not_kept_from_it() -> None:
    kept = {line[1:] for line in (TOP / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((TOP / name).exists() for name in kept)
    project = tomllib.loads((TOP / "pyproject.toml").read_text())
    needed = {*project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"], "requirements", "sentinai_cli"}
    assert {*needed, "pyproject.toml", "README.md", "LICENSE"} <= kept


def test_the_compose_file_holds_together_and_no_password() -> None:
    services = COMPOSE["services"]
    assert services["sentinai"]["depends_on"].keys() <= services.keys()
    for service in services.values():
        assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
        named = {volume.partition(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")}
        assert named <= COMPOSE["volumes"].keys()
        assert not any("PASSWORD" in name and not name.endswith("_FILE") for name in service.get("environment", {}))
    tool = services["sentinai"]
    assert (tool["read_only"], tool["cap_drop"]) == (True, ["ALL"])


def test_the_profile_of_the_compose_file_is_one_that_the_tool_understands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "database_password"
    secret.write_text("hunter2secret\n")
    text = COMPOSE["configs"]["sentinai"]["content"].replace("/run/secrets/database_password", str(secret))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    from sentinai_cli.config.place import user_file

    user_file().parent.mkdir(parents=True, exist_ok=True)
    user_file().write_text(text)
    settings = load_settings(profile=None, environ={}, cwd=tmp_path / "elsewhere")
    assert settings.database_url is not None
    assert settings.database_url.shown == "postgresql://sentinai@postgres:5432/sentinai"
    assert settings.database_url.password == "hunter2secret"
    assert COMPOSE["services"]["postgres"]["environment"]["POSTGRES_DB"] == settings.database_url.database


def test_the_workflow_has_a_server_and_steps_with_names() -> None:
    job = WORKFLOW["jobs"]["database"]
    assert job["services"]["postgres"]["image"].startswith("postgres:")
    assert DatabaseUrl.parse(job["env"]["DATABASE_URL"], source="the workflow").database == "sentinai"
    assert all("name" in step for step in STEPS)
    page = (TOP / "docs" / "how-to" / "set-up-ci.md").read_text(encoding="utf-8")
    for step in STEPS:
        for command in re.findall(r"sentinai (\w+(?: \w+)?)", step["run"]):
            assert f"sentinai {command.split()[0]}" in page


@pytest.mark.slow
def test_every_step_of_the_workflow_runs_on_an_empty_database(empty_url: DatabaseUrl, tmp_path: Path) -> None:
    environ = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "SENTINAI_HOME": str(tmp_path / "home"),
        "DATABASE_URL": empty_url.text,
        "SENTINAI_ACTOR": "ci",
    }
    (tmp_path / "domainpacks").symlink_to(TOP / "domainpacks")
    with connect(empty_url) as admin:  # a job's server is new; this one has made and dropped a database for each test
        admin.execute("SELECT pg_stat_reset_shared()" if admin.info.server_version >= 170_000 else "SELECT 1")
    for step in STEPS:
        if INSTALLS in step["run"]:
            continue
        ran = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, f"{step['name']}: {ran.stderr}"
    assert (tmp_path / "health.xml").read_text().startswith("<?xml")
