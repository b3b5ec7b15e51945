"""Bundled data is found, in the checkout as in an installation."""

from pathlib import Path

import pytest

from sentinai_cli import resources
from sentinai_cli.errors import Unavailable


def test_a_checkout_serves_the_directories_at_its_top() -> None:
    top = Path(__file__).parents[3]
    assert [resources.bundled(name) for name in ("migrations", "seeds", "domainpacks")] == [
        top / "migrations",
        top / "seeds",
        top / "domainpacks",
    ]


def test_an_installation_serves_what_it_carries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sentinai_cli" / "_bundled" / "seeds").mkdir(parents=True)
    (tmp_path / "seeds").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "sentinai_cli")
    assert resources.bundled("seeds") == tmp_path / "sentinai_cli" / "_bundled" / "seeds"


def test_a_broken_installation_says_how_to_repair_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    with pytest.raises(Unavailable) as caught:
        resources.bundled("migrations")
    assert caught.value.fix == "pip install --force-reinstall sentinai-cli"
