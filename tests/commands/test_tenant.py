"""`sentinai tenants`: create, list, show."""

import pytest

from tests.commands.conftest import FINANCE
from tests.commands.operator import Operator


def test_a_tenant_is_created_once_and_the_second_time_is_a_conflict(migrated: Operator) -> None:
    words = ("tenants", "create", "ACME", "--domain", "Finance", "--name", "Acme Capital", "-o", "json")
    first, second = migrated(*words), migrated(*words)
    assert (first.code, first.document["created"], first.document["tenant"]["name"]) == (0, True, "Acme Capital")
    assert (second.code, second.out, second.failure["code"]) == (6, "", "tenant_exists")
    assert second.failure["fix"] == "sentinai tenants show ACME"
    assert len(migrated("tenants", "list", "-o", "json").document["items"]) == 1


def test_with_if_not_exists_the_second_time_says_that_it_was_there(migrated: Operator) -> None:
    words = ("tenants", "create", "ACME", "--domain", "Finance", "--if-not-exists")
    assert migrated(*words, "-o", "json").document["created"] is True
    again = migrated(*words, "-o", "json")
    assert (again.code, again.document["created"]) == (0, False)
    assert "ACME exists already; nothing was changed" in again.err
    assert "was there already, nothing changed" in migrated(*words, terminal=True).out


@pytest.mark.parametrize(
    "words",
    [
        ["acme", "--domain", "Finance", "--if-not-exists"],
        ["ACME", "--domain", "Healthcare", "--if-not-exists"],
        ["ACME", "--domain", "Finance", "--name", "Other", "--if-not-exists"],
        ["aCmE", "--domain", "Finance"],
    ],
)
def test_another_tenant_of_that_id_is_a_conflict_whatever_was_asked(words: list[str], migrated: Operator) -> None:
    assert migrated("tenants", "create", "ACME", "--domain", "Finance").code == 0
    assert migrated("tenants", "create", *words).code == 6
    assert len(migrated("tenants", "list").out.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["a b", "--domain", "Finance"], "invalid_tenant_id"),
        (["x" * 65, "--domain", "Finance"], "invalid_tenant_id"),
        (["\x1b[31m", "--domain", "Finance"], "invalid_tenant_id"),
        (["ACME", "--domain", " "], "invalid_tenant"),
        (["ACME", "--domain", "Finance", "--name", ""], "invalid_tenant"),
        (["ACME"], "missing_option"),
        (["--domain", "Finance"], "missing_option"),
    ],
)
def test_bad_input_is_one_error_and_no_change(words: list[str], code: str, bare: Operator) -> None:
    before = bare.journal()
    ran = bare("tenants", "create", *words, "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (2, "", code)
    assert bare("tenants", "list", "-o", "json").document["items"] == []
    assert bare.journal() == before


def test_the_target_is_announced_before_anything_changes(migrated: Operator) -> None:
    said = migrated("tenants", "create", "ACME", "--domain", "Finance").err
    assert said.startswith("target: development, profile environment, revision ")
    assert migrated.environ["SENTINAI_DATABASE_URL"] in said


@pytest.mark.parametrize("tenant_id", ["NOPE", "a b", "x" * 500, "\x1b[2J", FINANCE.lower()])
def test_an_unknown_tenant_is_not_found(tenant_id: str, reader: Operator) -> None:
    ran = reader("tenants", "show", tenant_id)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error[tenant_not_found]")
    assert "\x1b" not in ran.err


def test_a_tenant_is_shown_with_its_packs_and_what_it_holds(reader: Operator) -> None:
    found = reader("tenants", "show", FINANCE, "-o", "json").document
    assert (found["domain_version"], found["policy_version"], found["exceptions"]) == (1, 1, 50)
    assert f"domain:Finance@1, policy:{FINANCE}@1" in reader("tenants", "show", FINANCE, terminal=True).out
