"""`sentinai seed`: the same bytes each time, and no surprises."""

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE, HEALTHCARE
from tests.commands.operator import Operator
from tests.conftest import connect

CONTENT = "SELECT string_agg(t::text, '\n' ORDER BY t::text) FROM (SELECT tenant_id, exception_id, last_event_hash, \
raw_payload FROM exception) AS t"


def _content(url: DatabaseUrl) -> object:
    with connect(url) as admin:
        row = admin.execute(CONTENT).fetchone()
    return row and row[0]


def test_both_sample_tenants_are_seeded_from_nothing(migrated: Operator) -> None:
    ran = migrated("seed", "--as-of", AS_OF, "-o", "json")
    assert ran.code == 0
    assert [(item["tenant_id"], item["inserted"]) for item in ran.document["items"]] == [
        (FINANCE, 50),
        (HEALTHCARE, 50),
    ]
    assert f"created the tenant {FINANCE}, domain Finance" in ran.err
    assert migrated("events", "verify", "-o", "json").document["broken"] == 0


def test_seeding_again_inserts_nothing_and_says_so(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    before = _content(seeded_url)
    for words in ([], ["--as-of", AS_OF], ["--tenant", FINANCE], ["--count", "10"]):
        ran = seeded("seed", *words, "-o", "json")
        assert ran.code == 0
        assert {(item["inserted"], item["existing"]) for item in ran.document["items"]} <= {(0, 50), (0, 10)}
        assert "were there already, as of 2026-11-20T03:00:00+00:00" in ran.err
    assert _content(seeded_url) == before


def test_two_databases_get_the_same_exceptions(operator: Operator, seeded_url: DatabaseUrl, url: DatabaseUrl) -> None:
    assert operator.at(url)("seed", "--as-of", AS_OF).code == 0
    assert _content(url) == _content(seeded_url)


def test_a_larger_count_extends_what_is_there(seeded: Operator) -> None:
    (item,) = seeded("seed", "--tenant", FINANCE, "--count", "60", "-o", "json").document["items"]
    assert (item["inserted"], item["existing"], item["requested"]) == (10, 50, 60)


def test_another_seed_number_makes_other_exceptions(seeded: Operator) -> None:
    (item,) = seeded("seed", "--tenant", FINANCE, "--seed", "2", "--as-of", AS_OF, "-o", "json").document["items"]
    assert item["inserted"] == 50
    assert seeded("tenants", "show", FINANCE, "-o", "json").document["exceptions"] == 100


def test_none_asked_for_is_none_made(seeded: Operator) -> None:
    ran = seeded("seed", "--tenant", FINANCE, "--seed", "3", "--count", "0", "-o", "json")
    assert (ran.code, ran.document["items"][0]["inserted"]) == (0, 0)
    assert f"{FINANCE}: none were asked for" in ran.err


def test_a_run_does_not_move_in_time(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    before = _content(seeded_url)
    ran = seeded("seed", "--as-of", "2020-01-01", "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (6, "", "seed_run_exists")
    assert _content(seeded_url) == before
    assert seeded(*ran.failure["fix"].split()[1:]).code == 0


def test_a_run_of_one_tenant_that_cannot_be_keeps_the_others_from_being_written(migrated: Operator) -> None:
    assert migrated("seed", "--tenant", HEALTHCARE, "--as-of", AS_OF).code == 0
    ran = migrated("seed", "--as-of", "2026-11-19T03:00:00Z", "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (6, "", "seed_run_exists")
    assert migrated("exceptions", "list", "--tenant", FINANCE, "-o", "json").document["items"] == []
    assert migrated("seed", "--as-of", AS_OF).code == 0


def test_the_configured_tenant_is_seeded_and_no_other(migrated: Operator) -> None:
    ran = migrated.given(SENTINAI_TENANT=HEALTHCARE)("seed", "--as-of", AS_OF, "-o", "json")
    assert [item["tenant_id"] for item in ran.document["items"]] == [HEALTHCARE]
    assert f"tenant {HEALTHCARE} (from environment SENTINAI_TENANT)" in ran.err


def test_a_new_tenant_is_made_when_its_domain_is_given(seeded: Operator) -> None:
    ran = seeded("seed", "--tenant", "ACME", "--domain", "Finance", "--count", "5", "-o", "json")
    assert (ran.code, ran.document["items"][0]["inserted"]) == (0, 5)
    assert seeded("tenants", "show", "ACME", "-o", "json").document["domain"] == "Finance"


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (["--tenant", "NOPE"], "tenant_not_found", 3),
        (["--tenant", "NEW", "--domain", "Nowhere"], "pack_not_found", 3),
        (["--tenant", FINANCE, "--domain", "Healthcare"], "another_domain", 2),
        (["--tenant", "a b"], "invalid_tenant_id", 2),
        (["--scenario", "nope"], "unknown_scenario", 3),
        (["--scenario", "../../etc/passwd"], "unknown_scenario", 3),
        (["--count", "-1"], "invalid_number", 2),
        (["--seed", "x"], "invalid_number", 2),
        (["--as-of", "soon"], "invalid_time", 2),
    ],
)
@pytest.mark.parametrize("state", ["bare", "reader"])
def test_bad_input_is_one_error_and_no_change(
    words: list[str], code: str, exit_code: int, state: str, request: pytest.FixtureRequest
) -> None:
    operator: Operator = request.getfixturevalue(state)
    tenants, journal = operator("tenants", "list").out, operator.journal()
    ran = operator("seed", *words, "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (exit_code, "", code)
    assert (operator("tenants", "list").out, operator.journal()) == (tenants, journal)


def test_a_database_without_schema_is_not_seeded_by_url(empty: Operator) -> None:
    ran = empty("seed", "-o", "json")
    assert (ran.code, ran.failure["code"], ran.failure["fix"]) == (4, "schema_behind", "sentinai migrate")


def test_a_production_database_is_not_seeded(seeded: Operator) -> None:
    assert seeded("db", "environment", "set", "production").code == 0
    ran = seeded("seed", "--count", "60", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (7, "production_protected")
    assert ran.err.startswith("target: production")


def test_a_drip_announces_its_target_is_journalled_and_listed(seeded: Operator) -> None:
    pace = ["--rate", "1/s", "--speed", "600", "--for", "0s"]
    ran = seeded("seed", "drip", *pace, "--as-of", "60s", "--tenant", FINANCE, "--reason", "demo", "-o", "json")
    assert ran.code == 0, ran.err
    (drip,) = ran.document["items"]
    assert drip["records"] == drip["inserted"] >= 60
    assert ran.err.startswith("target: ")
    newest = seeded.journal()[0]
    assert (newest["command"], newest["reason"], newest["outcome"]) == ("seed drip", "demo", "done")
    runs = seeded("seed", "runs", "--tenant", FINANCE, "-o", "json").document["items"]
    assert sorted(run["drip"] for run in runs) == [False, True]
    assert seeded("seed", "verify", drip["prefix"]).code == 0
    other = seeded("seed", "drip", *pace, "--as-of", AS_OF, "--tenant", FINANCE, "-o", "json")
    assert (other.code, other.failure["code"]) == (6, "seed_run_exists")


@pytest.mark.parametrize("rate", ["0", "51/s", "fast", "1/d", "-1", "100000"])
def test_a_rate_that_is_none_is_refused(operator: Operator, rate: str) -> None:
    ran = operator("seed", "drip", "--rate", rate, "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "invalid_rate")
