"""Databases that cannot be used: one message, the right exit code, and never a password."""

from dataclasses import replace

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.operator import Operator
from tests.commands.reading import DATABASE
from tests.conftest import connect

SECRET = "hunter2secret"
MALFORMED = [
    f"postgresql://ops:{SECRET}@db:notaport/x",
    f"postgresql://ops:{SECRET}@db:99999/x",
    f"postgresql://ops:{SECRET}@[db/x",
    f"postgresql://ops:{SECRET}@db/x?sslmode",
    f"postgresql://ops:{SECRET}@db/x?nope=1",
    f"postgresql://db/x?password={SECRET}&nope=1",
    f"postgresql://ops:{SECRET}%ZZ@db/x",
    f"postgresql://ops:{SECRET}\n@db/x",
    f"postgresql://ops:{SECRET}/x@db/y?{SECRET}",
    f"mysql://ops:{SECRET}@db/x",
    f"ops:{SECRET}@db/x",
    f"host=db password={SECRET}",
    f"postgresql:/ops:{SECRET}@db/x",
]
NEEDING = [line for line in DATABASE if "EXCEPTION" not in line and not line.startswith("health --only")]
"""Those that tell nothing without it; health tells what it could not look at."""
MODES = [[], ["-o", "json"], ["--debug"], ["-o", "json", "--debug"]]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("variable", ["SENTINAI_DATABASE_URL", "DATABASE_URL"])
@pytest.mark.parametrize("url", MALFORMED)
def test_a_malformed_url_is_refused_without_its_password(
    url: str, variable: str, mode: list[str], operator: Operator
) -> None:
    for words in (["exceptions", "list"], ["db", "url", "--reveal"], ["tenants", "create", "ACME", "--domain", "X"]):
        ran = operator.given(**{variable: url})(*words, *mode, terminal=not mode)
        assert (ran.code, ran.out) == (2, "")
        assert SECRET not in ran.err
        assert SECRET[:6] not in ran.err
        assert variable in ran.err
        if "json" in mode:
            assert ran.failure["code"] == "invalid_database_url"


def test_a_malformed_url_in_a_file_is_refused_without_its_password(operator: Operator) -> None:
    (operator.cwd / ".env").write_text(f"DATABASE_URL=postgresql://ops:{SECRET}@db:no/x\n")
    ran = operator("status", "--debug")
    assert (ran.code, ran.out) == (2, "")
    assert ".env DATABASE_URL" in ran.err
    assert SECRET not in ran.err


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ops:{SECRET}@127.0.0.1:1/x",
        f"postgresql+asyncpg://ops:{SECRET}@127.0.0.1:1/x?ssl=require",
        f"postgresql://127.0.0.1:1/x?user=ops&password={SECRET}",
        f"postgresql://ops:{SECRET}@host.invalid/x",
        f"postgresql://ops:{SECRET}@/x?host=/no/such/directory",
    ],
)
def test_an_unreachable_database_is_one_message_without_a_password(
    url: str, mode: list[str], operator: Operator
) -> None:
    ran = operator.given(SENTINAI_DATABASE_URL=url)("tenants", "list", *mode)
    assert (ran.code, ran.out) == (5, "")
    assert SECRET not in ran.err
    if mode == ["-o", "json"]:
        assert ran.failure["code"] == "database_unavailable"
        assert len(ran.err.splitlines()) == 1
    if not mode:
        assert [line[:6] for line in ran.err.splitlines()] == ["error[", "  why:", "  fix:"]


@pytest.mark.parametrize("line", NEEDING)
def test_every_command_says_so_when_the_database_cannot_be_reached(line: str, operator: Operator) -> None:
    words = line.replace("OPERATION", "019e6b1c-3f60-7c9a-8a51-0d6f6f2b9c11").split()
    ran = operator.given(SENTINAI_DATABASE_URL="postgresql://127.0.0.1:1/x")(*words, "-q")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.count("error[") == 1


def test_a_database_that_the_server_does_not_have_is_not_found(operator: Operator, server: DatabaseUrl) -> None:
    ran = operator.at(replace(server, database="none"))("status", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (3, "database_not_found")


@pytest.mark.parametrize("line", [line for line in NEEDING if line != "status"])
def test_an_empty_database_leads_to_migrate(line: str, empty: Operator) -> None:
    words = line.replace("OPERATION", "019e6b1c-3f60-7c9a-8a51-0d6f6f2b9c11").split()
    ran = empty(*words, "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (4, "", "schema_behind")
    assert ran.failure["fix"] == "sentinai migrate"


def test_status_tells_what_a_database_is_whatever_it_is(
    empty: Operator, empty_url: DatabaseUrl, operator: Operator
) -> None:
    assert empty("status", "-o", "json").document["schema_state"] == "empty"
    assert empty("status", terminal=True).code == 0
    with connect(empty_url) as admin:
        admin.execute("CREATE TABLE somebody_elses (x int)")
    assert empty("status", "-o", "json").document["schema_state"] == "foreign"
    assert empty("status", terminal=True).code == 0
