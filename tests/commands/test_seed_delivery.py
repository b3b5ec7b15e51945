"""`sentinai seed --via api`: keys, what is said, and exit codes."""

from collections.abc import Iterator

import pytest

from sentinai_cli.cli.commands.seed.delivery import key_for
from sentinai_cli.errors import InvalidInput
from tests.api.misbehaving import KEY, Platform, serving
from tests.commands.conftest import AS_OF
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
