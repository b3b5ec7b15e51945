"""The wheel with the embedded server, in the hands of another account, away from the checkout."""

import json
from pathlib import Path

import pytest

from sentinai_cli import __version__
from tests.packaging.conftest import TOP, Installation

pytestmark = pytest.mark.slow


def test_version_and_help_are_answered(with_extra: Installation) -> None:
    version = with_extra.run("sentinai", "--version")
    assert (version.returncode, version.stdout, version.stderr) == (0, f"sentinai {__version__}\n", "")
    helped = with_extra.run("sentinai", "--help")
    assert (helped.returncode, helped.stderr) == (0, "")
    assert "exceptions" in helped.stdout


@pytest.mark.parametrize("name", ["migrations", "seeds", "domainpacks"])
def test_the_bundled_data_is_found_in_the_installation(with_extra: Installation, name: str) -> None:
    asked = f"from sentinai_cli.resources import bundled; print(bundled({name!r}))"
    found = with_extra.run("python", "-c", asked)
    assert found.returncode == 0, found.stderr
    path = Path(found.stdout.strip())
    assert path.is_relative_to(with_extra.venv.resolve())
    assert not path.is_relative_to(TOP)
    assert any(path.iterdir())


def test_the_demo_ends_with_exceptions_and_repeating_it_changes_nothing(with_extra: Installation) -> None:
    first = with_extra.run("sentinai", "demo")
    assert first.returncode == 0, first.stdout + first.stderr
    listed = with_extra.run("sentinai", "exceptions", "list", "--all", "--json")
    assert listed.returncode == 0, listed.stderr
    before = json.loads(listed.stdout)["items"]
    assert {item["tenant_id"] for item in before} == {"TENANT_FINANCE_001", "TENANT_HEALTHCARE_042"}
    again = with_extra.run("sentinai", "demo")
    assert again.returncode == 0, again.stdout + again.stderr
    after = json.loads(with_extra.run("sentinai", "exceptions", "list", "--all", "--json").stdout)["items"]
    assert after == before
    verified = with_extra.run("sentinai", "events", "verify", "--all-tenants")
    assert verified.returncode == 0, verified.stdout + verified.stderr
