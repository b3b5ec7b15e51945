"""`sentinai health isolation` as an operator and a CI job meet it."""

import pytest

from sentinai_cli.cli.commands.health import CHECKS, ISOLATION_CHECKS
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.services.health_registry import HEALTH, ISOLATION
from tests.commands.operator import Operator
from tests.conftest import connect

FIX = "ALTER TABLE exception ENABLE ROW LEVEL SECURITY; ALTER TABLE exception FORCE ROW LEVEL SECURITY;"


@pytest.fixture
def leaking(seeded: Operator, seeded_url: DatabaseUrl) -> Operator:
    """Somebody whose database has lost a wall."""
    with connect(seeded_url) as admin:
        admin.execute("ALTER TABLE exception DISABLE ROW LEVEL SECURITY")
    return seeded


def test_every_check_is_ok_on_a_seeded_database_but_for_the_superusers_login(seeded: Operator) -> None:
    ran = seeded("health", "isolation", "-o", "json")
    assert ran.code == 0
    states = {check["check"]: check["state"] for check in ran.document["items"]}
    assert states.pop("logins") == "warn"  # the tests connect as the superuser, and not as the embedded server's
    assert set(states.values()) == {"ok"}
    assert len(states) == 11


def test_a_missing_wall_is_exit_4_with_the_object_and_the_sql_that_mends_it(
    leaking: Operator, seeded_url: DatabaseUrl
) -> None:
    ran = leaking("health", "isolation", "-o", "json")
    assert ran.code == 4
    failed = {check["check"] for check in ran.document["items"] if check["state"] == "fail"}
    assert failed == {"row_security", "probe"}
    assert (ran.failure["code"], ran.failure["fix"]) == ("isolation_broken", FIX)
    assert "table exception" in ran.failure["why"]
    with connect(seeded_url) as admin:
        admin.execute(ran.failure["fix"])
    assert leaking("health", "isolation").code == 0
    assert leaking("status", "-o", "json").document["isolation"] == "enforced"


def test_status_calls_a_database_with_a_missing_wall_degraded(leaking: Operator) -> None:
    assert leaking("status", "-o", "json").document["isolation"] == "degraded"


def test_a_terminal_gets_the_worst_first_with_every_finding(leaking: Operator) -> None:
    ran = leaking("health", "isolation", terminal=True)
    assert ran.code == 4
    assert ran.out.index("row_security") < ran.out.index("policies")
    assert FIX in ran.out


def test_help_names_the_checks_that_there_are() -> None:
    assert tuple(check.name for check in ISOLATION) == ISOLATION_CHECKS
    assert tuple(check.name for check in HEALTH) == CHECKS


def test_only_the_named_checks_are_made(seeded: Operator) -> None:
    ran = seeded("health", "isolation", "--only", "keys", "--only", "policies", "-o", "jsonl")
    assert ran.out.count("\n") == 2
    assert seeded("health", "isolation", "--only", "keis", "-o", "json").failure["code"] == "unknown_check"


def test_a_warning_ends_in_exit_4_only_when_asked(seeded: Operator) -> None:
    assert seeded("health", "isolation", "--only", "logins").code == 0
    strict = seeded("health", "isolation", "--only", "logins", "--fail-on", "warn", "-o", "json")
    assert strict.code == 4
    assert strict.failure["code"] == "isolation_unproven"


def test_what_cannot_be_checked_is_said_and_ends_in_exit_4_only_when_asked(
    seeded: Operator, seeded_url: DatabaseUrl
) -> None:
    with connect(seeded_url) as admin:
        admin.execute(f"ALTER DATABASE {seeded_url.database} SET default_transaction_read_only = on")
    ran = seeded("health", "isolation")
    assert ran.code == 0
    assert "could not be checked: probe" in ran.err
    assert seeded("health", "isolation", "--fail-on", "unknown").code == 4


def test_without_a_schema_the_next_command_is_named(empty: Operator) -> None:
    ran = empty("health", "isolation", "-o", "json")
    assert (ran.code, ran.failure["code"], ran.failure["fix"]) == (4, "schema_behind", "sentinai migrate")
