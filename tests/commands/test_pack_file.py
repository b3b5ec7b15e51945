"""`sentinai packs test|schema|import` with its flags."""

import json

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator
from tests.commands.test_pack import DOMAIN_PACK, LENIENT_DOMAIN_PACK, NEXT_DOMAIN_PACK, NEXT_POLICY_PACK
from tests.services.rows import unchanged


def _failing() -> bytes:
    document = json.loads(DOMAIN_PACK.read_bytes())
    document["testSuites"][0]["cases"][0]["expectedOutput"]["severity"] = "low"
    return json.dumps(document).encode()


def _misfit() -> bytes:
    """Without a type that the tenant's policy pack speaks of."""
    document = json.loads(DOMAIN_PACK.read_bytes())
    del document["exceptionTypes"]["REG_REPORT_REJECTED"]
    document["testSuites"], document["severityRules"] = [], []
    document["playbooks"] = [one for one in document["playbooks"] if "REG_REPORT_REJECTED" not in one["exceptionTypes"]]
    return json.dumps(document).encode()


FAILING, MISFIT = _failing(), _misfit()


def test_a_stored_pack_s_tests_pass(reader: Operator) -> None:
    before = reader.journal()
    ran = reader("packs", "test", "domain:Finance", "-o", "json")
    assert (ran.code, ran.document["failed"], ran.document["policy_pack"]) == (0, 0, None)
    assert ran.document["passed"] > 5
    assert reader("packs", "test", "domain:Finance@1", terminal=True).code == 0
    assert reader.journal() == before


def test_what_a_policy_pack_overrides_fails_and_is_shown(reader: Operator) -> None:
    ran = reader("packs", "test", "domain:Finance", "--tenant", FINANCE, "-o", "json")
    assert ran.document["policy_pack"] == f"policy:{FINANCE}@1"
    assert ran.code == (4 if ran.document["failed"] else 0)
    assert ran.document["failed"], "the sample policy overrides a severity that a case expects"
    assert ran.failure["code"] == "pack_tests_failed"


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        ([f"policy:{FINANCE}"], 2, "policy_pack_has_no_tests"),
        (["domain:Finance@9"], 3, "pack_not_found"),
        (["domain:Finance", "--tenant", "NOPE"], 3, "tenant_not_found"),
    ],
)
def test_what_has_no_tests_is_named(words: list[str], code: int, named: str, reader: Operator) -> None:
    ran = reader("packs", "test", *words, "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (code, "", named)


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(("kind", "member"), [("domain", "exceptionTypes"), ("policy", "customSeverityOverrides")])
def test_the_schema_itself_is_printed_without_any_database(
    kind: str, member: str, terminal: bool, operator: Operator
) -> None:
    ran = operator.given(SENTINAI_DATABASE_URL="postgresql://127.0.0.1:1/x")("packs", "schema", kind, terminal=terminal)
    assert (ran.code, ran.err) == (0, "")
    assert member in ran.document["properties"]
    assert operator("packs", "schema", kind, "-o", "json").document == {"kind": kind, "document": ran.document}


def test_there_are_two_kinds_of_schema(operator: Operator) -> None:
    ran = operator("packs", "schema", "tenant")
    assert (ran.code, ran.out) == (2, "")
    assert "domain" in ran.err


@pytest.mark.parametrize(
    ("words", "piped", "new"),
    [
        ([], NEXT_DOMAIN_PACK, True),
        ([], DOMAIN_PACK.read_bytes(), False),
        (["--activate", "--tenant", FINANCE], LENIENT_DOMAIN_PACK, True),
        (["--activate", "--all-tenants"], NEXT_DOMAIN_PACK, True),
        (["--activate"], NEXT_POLICY_PACK, True),
        (["--allow-failing-tests", "--reason", "known"], FAILING, True),
    ],
)
def test_a_dry_run_changes_nothing(
    words: list[str], piped: bytes, new: bool, reader: Operator, reading_url: DatabaseUrl
) -> None:
    with unchanged(reading_url):
        ran = reader("packs", "import", "-", *words, "--dry-run", "-o", "json", piped=piped)
    assert ran.code == 0, ran.err
    assert (ran.document["dry_run"], ran.document["imported"], ran.document["activated"]) == (True, new, [])
    assert (ran.document["impact"] is not None) == ("--activate" in words)
    assert "dry run: nothing was changed" in ran.err


def test_import_and_activation_are_both_in_the_journal(seeded: Operator) -> None:
    before = seeded.journal()
    words = ["--activate", "--tenant", FINANCE, "--yes", "--reason", "milder", "-o", "json"]
    ran = seeded("packs", "import", "-", *words, piped=LENIENT_DOMAIN_PACK)
    assert ran.code == 0, ran.err
    assert [one["activation"]["tenant_id"] for one in ran.document["activated"]] == [FINANCE]
    made = seeded.journal()[: -len(before)]
    assert {(entry["command"], entry["tenant_id"], entry["reason"]) for entry in made} == {
        ("packs import", None, "milder"),
        ("packs import", FINANCE, "milder"),
    }
    assert seeded("tenants", "show", FINANCE, "-o", "json").document["domain_version"] == 2
    assert seeded("tenants", "show", HEALTHCARE, "-o", "json").document["domain_version"] == 1


@pytest.mark.parametrize(
    ("words", "piped", "code", "named"),
    [
        (["--activate", "--tenant", FINANCE], LENIENT_DOMAIN_PACK, 7, "not_confirmed"),
        (["--activate", "--tenant", FINANCE, "--yes"], MISFIT, 4, "packs_do_not_fit"),
        (["--activate", "--tenant", "NOPE", "--yes"], NEXT_DOMAIN_PACK, 3, "tenant_not_found"),
        (["--activate", "--tenant", HEALTHCARE, "--yes"], NEXT_DOMAIN_PACK, 2, "pack_does_not_fit"),
        (["--activate", "--tenant", HEALTHCARE, "--yes"], NEXT_POLICY_PACK, 2, "pack_of_another_tenant"),
        (["--tenant", FINANCE], NEXT_DOMAIN_PACK, 2, "pack_of_another_tenant"),
        ([], FAILING, 4, "pack_tests_failed"),
        (["--dry-run"], FAILING, 4, "pack_tests_failed"),
        (["--allow-failing-tests"], FAILING, 2, "reason_needed"),
        (["--activate", "--all-tenants"], b"{}", 2, "invalid_pack"),
    ],
)
def test_an_import_that_fails_leaves_every_row_as_it_was(
    words: list[str], piped: bytes, code: int, named: str, reader: Operator, reading_url: DatabaseUrl
) -> None:
    with unchanged(reading_url):
        ran = reader("packs", "import", "-", *words, "-o", "json", piped=piped)
    assert (ran.code, ran.out, ran.failure["code"]) == (code, "", named)


def test_failing_tests_are_let_through_with_a_reason_and_noted(migrated: Operator) -> None:
    words = ["--allow-failing-tests", "--reason", "known to fail", "-o", "json"]
    ran = migrated("packs", "import", "-", *words, piped=FAILING)
    assert (ran.code, ran.document["failing_tests"]) == (0, 1)
    assert "1 of its own test cases fail" in ran.err
    entry = migrated.journal()[0]
    assert (entry["command"], entry["reason"]) == ("packs import", "known to fail")
    tested = migrated("packs", "test", "domain:Finance", "-o", "json")
    assert (tested.code, tested.document["failed"]) == (4, 1)
