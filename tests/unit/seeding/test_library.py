import json
import shutil
from pathlib import Path

import pytest

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.library import Library
from tests.unit.seeding.sample import DOMAINS, TOP, library, sample_pack


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOP / "seeds", tmp_path / "seeds"))


def test_the_sample_domains_have_a_recipe_for_each_of_their_types() -> None:
    for domain in DOMAINS:
        assert library().recipes[domain].types.keys() == sample_pack(domain).exception_types.keys()


def test_the_default_scenario_names_the_sample_tenants_with_fifty_each() -> None:
    tenants = library().scenario("default").tenants
    assert [(tenant.tenant_id, tenant.domain, tenant.count) for tenant in tenants] == [
        ("TENANT_FINANCE_001", "Finance", 50),
        ("TENANT_HEALTHCARE_042", "Healthcare", 50),
    ]


def test_equal_directories_give_equal_libraries(seeds: Path) -> None:
    assert Library.read(seeds) == Library.read(TOP / "seeds")


def test_a_mistyped_recipe_is_refused_with_its_place(seeds: Path) -> None:
    path = seeds / "recipes" / "finance.json"
    recipe = json.loads(path.read_text())
    recipe["types"]["CASH_BREAK"]["fields"]["custodian"]["skewed"] = True
    path.write_text(json.dumps(recipe))
    with pytest.raises(InvalidInput, match=r"finance\.json") as caught:
        Library.read(seeds)
    assert caught.value.code == "invalid_seeds"
    assert caught.value.why is not None
    assert "CASH_BREAK" in caught.value.why
    assert "skewed" in caught.value.why


def test_a_vocabulary_that_is_no_object_is_refused(seeds: Path) -> None:
    (seeds / "vocabulary.json").write_text("[]")
    with pytest.raises(InvalidInput, match="not a JSON object"):
        Library.read(seeds)
