"""`sentinai seed --via api`: keys, what is said, and exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentinai_cli.cli.commands.seed.delivery import key_for
from sentinai_cli.errors import InvalidInput
from tests.api.misbehaving import KEY, Platform, serving
from tests.commands.conftest import AS_OF, FINANCE
from tests.commands.operator import Operator


@pytest.fixture
def platform() -> Iterator[Platform]:
    with serving(Platform()) as made:
        yield made


def words(platform: Platform, *more: str) -> list[str]:
    return ["seed", "--via", "api", "--api-url", platform.url, "--tenant", "T", "--domain", "Finance", *more]


def test_records_are_sent_without_any_database(operator: Operator, platform: Platform) -> None:
    (operator.cwd / "key.txt").write_text(f"{KEY}\n")
    key_file = str(operator.cwd / "key.txt")
    ran = operator(*words(platform, "--api-key-file", key_file, "--count", "5", "--as-of", AS_OF), "-o", "json")
    assert ran.code == 0, ran.err
    assert (ran.document["items"][0]["sent"], len(platform.records)) == (5, 5)
    assert KEY not in ran.out + ran.err


def test_what_did_not_arrive_is_exit_8(operator: Operator, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENTINAI_API_KEY", KEY)
    monkeypatch.setattr("sentinai_cli.services.seed_delivery._LOOKS", 1)
    first = operator(*words(platform, "--count", "1", "--as-of", AS_OF), "-o", "json").document["items"][0]
    platform.hidden = {f"{first['prefix']}-000002"}
    ran = operator(*words(platform, "--count", "3", "--as-of", AS_OF), "-o", "json")
    assert (ran.code, ran.failure["code"]) == (8, "seed_not_arrived")
    assert ran.document["items"][0]["missing_ids"] == [f"{first['prefix']}-000002"]


def test_a_missing_key_is_named_by_the_variables_that_could_hold_it(operator: Operator, platform: Platform) -> None:
    ran = operator(*words(platform), "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "no_api_key")
    assert "SENTINAI_API_KEY_T " in ran.failure["why"]


def test_a_tenants_own_key_comes_before_the_general_one() -> None:
    environ = {"SENTINAI_API_KEY": "general", "SENTINAI_API_KEY_TENANT_F_1": " own\n"}
    assert key_for("TENANT_F.1", None, environ) == "own"
    assert key_for("OTHER", None, environ) == "general"


@pytest.mark.parametrize("key", ["schlüssel", "a\nb", "a\x7f"])
def test_a_key_that_no_header_can_hold_is_refused_without_being_repeated(key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        key_for("T", None, {"SENTINAI_API_KEY": key})
    assert caught.value.code == "invalid_api_key"
    assert key not in str(vars(caught.value))


def test_the_first_times_as_of_is_kept_and_another_needs_a_new_run(
    operator: Operator, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTINAI_API_KEY", KEY)
    first = operator(*words(platform, "--count", "4"), "-o", "json")
    assert "takes no events" in first.err
    again = operator(*words(platform, "--count", "6"), "-o", "json").document["items"][0]
    begun = first.document["items"][0]
    assert (again["as_of"], again["prefix"]) == (begun["as_of"], begun["prefix"])
    assert (again["existing"], again["sent"]) == (4, 2)
    other = operator(*words(platform, "--count", "4", "--as-of", AS_OF), "-o", "json")
    assert (other.code, other.failure["code"]) == (6, "seed_run_exists")
    new = operator(*words(platform, "--count", "4", "--as-of", AS_OF, "--new-run"), "-o", "json").document["items"][0]
    assert new["prefix"] != begun["prefix"]
    assert len(platform.records) == 10


def test_packs_of_files_decide_instead_of_the_bundled_ones(operator: Operator) -> None:
    bundled = json.loads((Path(__file__).parents[2] / "domainpacks" / "finance.sample.json").read_text())
    for kind in bundled["exceptionTypes"].values():
        kind["defaultSeverity"] = "low"
        kind.pop("severityRules", None)
    bundled["severityRules"] = []
    (operator.cwd / "mild.json").write_text(json.dumps(bundled))
    asked = ["seed", "plan", "--tenant", "T", "--domain", "Finance", "--count", "40", "--as-of", AS_OF, "-o", "json"]
    usual = operator(*asked).document["items"][0]
    mild = operator(*asked, "--packs", str(operator.cwd / "mild.json")).document["items"][0]
    assert set(usual["by_severity"]) > {"high"}
    assert mild["by_severity"] == {"low": 40}
    assert mild["prefix"] != usual["prefix"]


def test_a_plan_by_the_active_packs_is_what_a_real_run_does(seeded: Operator) -> None:
    planned = seeded("seed", "plan", "--tenant", FINANCE, "--active", "-o", "json").document["items"][0]
    (run,) = (run for run in seeded("seed", "runs", "-o", "json").document["items"] if run["tenant_id"] == FINANCE)
    assert planned["prefix"].endswith(run["identity"][:8].upper())


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--packs", "x", "--active"], "options_contradict"),
        (["--packs", "nowhere.json"], "file_unreadable"),
    ],
)
def test_contradicting_or_missing_packs_are_refused(operator: Operator, more: list[str], code: str) -> None:
    ran = operator("seed", "plan", *more, "-o", "json")
    assert ran.code == 2
    assert ran.failure["code"] == code


def test_packs_are_not_for_a_database(operator: Operator) -> None:
    ran = operator("seed", "--active", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "options_contradict")
