"""`sentinai health` as an operator, a CI job and monitoring meet it."""

import io
import re
import shlex
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from psycopg import sql

from sentinai_cli.cli.commands.health import CHECKS, ISOLATION_CHECKS
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.health import CheckState, Evidence, HealthCheck, HealthReport, Seen
from sentinai_cli.render.show import show
from sentinai_cli.render.text import is_harmless
from sentinai_cli.services.health_registry import HEALTH, ISOLATION
from tests.cli.conftest import Terminal
from tests.commands.operator import Operator
from tests.conftest import connect
from tests.db.records import EPOCH, record

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


CALM = ("--skip", "sla,isolation,connectivity,checkpoints")
"""Without what depends on the sample's deadlines, on the tests' superuser, on how busy the machine is, and on how many
databases the other tests have made.
"""


def test_bare_it_makes_every_check_the_worst_first(seeded: Operator) -> None:
    ran = seeded("health", "-o", "json")
    assert {check["check"] for check in ran.document["items"]} == set(CHECKS) - {"disk"}
    states = [check["state"] for check in ran.document["items"]]
    assert states == sorted(states, key=["fail", "unknown", "warn", "ok"].index)
    assert seeded("health", "check", "-o", "tsv", "--only", "version").out == seeded("health", "--only", "version").out


def test_a_finding_comes_with_thresholds_their_origin_and_a_remedy(seeded: Operator) -> None:
    (seeded.cwd / "sentinai.toml").write_text("[health]\nbreached = { warn = 1, fail = 2 }\n")
    ran = seeded("health", "--only", "sla", "-o", "json")
    assert ran.code == 4
    (check,) = ran.document["items"]
    breached = next(one for one in check["thresholds"] if one["name"] == "breached")
    assert (breached["warn"], breached["fail"], breached["origin"]) == (1, 2, "project file sentinai.toml")
    assert ran.failure["code"] == "unhealthy"
    assert ran.failure["fix"].startswith("sentinai exceptions list --tenant TENANT_")
    assert seeded(*ran.failure["fix"].split()[1:]).code == 0
    shown = seeded("health", "--only", "sla", terminal=True).out
    assert "warn from 1 exceptions, fail from 2 exceptions (project file sentinai.toml)" in shown


def test_names_are_given_in_one_word_or_in_several_and_are_checked(seeded: Operator) -> None:
    several = seeded("health", "--only", "cache, clock", "--only", "version", "-o", "jsonl", "--fields", "check")
    assert several.out.count("\n") == 3
    for flag in ("--only", "--skip"):
        ran = seeded("health", flag, "cache,blockin", "-o", "json")
        assert (ran.code, ran.failure["code"]) == (2, "unknown_check")
        assert "blocking" in ran.failure["why"]


def test_what_counts_as_failed_is_chosen(seeded: Operator) -> None:
    assert seeded("health", *CALM).code == 0
    assert seeded("health", "--only", "isolation").code == 0  # the tests' superuser is a warning
    assert seeded("health", "--only", "isolation", "--fail-on", "warn").code == 4
    assert seeded("health", "--only", "disk").code == 0
    ran = seeded("health", "--only", "disk", "--fail-on", "unknown", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (4, "health_unproven")
    assert seeded("health", "--only", "disk").err.endswith("could not be checked: disk\n")


def test_monitoring_and_ci_get_their_formats_wherever_the_option_stands(seeded: Operator) -> None:
    families = {one.name for one in text_string_to_metric_families(seeded("health", "-o", "prometheus", *CALM).out)}
    assert families >= {"sentinai_health_check_state", "sentinai_connections", "sentinai_table_bytes"}
    before = seeded("-o", "junit", "health", "isolation", "--only", "keys")
    assert ET.fromstring(before.out).get("tests") == "1"


@pytest.mark.parametrize("output", ["prometheus", "junit"])
@pytest.mark.parametrize("line", ["status", "-o {} tenants list", "exceptions count"])
def test_other_commands_refuse_the_formats_of_health(seeded: Operator, line: str, output: str) -> None:
    words = line.format(output).split() if "{}" in line else [*line.split(), "-o", output]
    ran = seeded(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "output_not_offered" in ran.err


def test_a_database_that_cannot_be_reached_is_reported_and_exit_5_or_3(
    seeded: Operator, seeded_url: DatabaseUrl
) -> None:
    ran = seeded.at(replace(seeded_url, database="not_there"))("health", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (3, "database_not_found")
    first = ran.document["items"][0]
    assert (first["check"], first["state"]) == ("connectivity", "fail")
    gone = {**dict(seeded_url.options), "host": "/nonexistent"}
    ran = seeded.at(replace(seeded_url, host=None, options=gone)).given(SENTINAI_CONNECT_TIMEOUT="1")(
        "health", "-o", "json"
    )
    assert (ran.code, ran.failure["code"]) == (5, "database_unavailable")


def test_watching_shows_it_again_until_it_is_interrupted(seeded: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", wait)
    ran = seeded("health", "--only", "version", "--watch", "3", terminal=True)
    assert (ran.code, waited) == (130, [3, 3])
    assert ran.out.count("PostgreSQL") == 2


@pytest.mark.parametrize("words", [["--watch", "3"], ["--watch", "0"], ["--watch", "3", "-o", "json"]])
def test_watching_needs_a_terminal_and_a_whole_number_of_seconds(seeded: Operator, words: list[str]) -> None:
    assert seeded("health", "--only", "version", *words).code == 2


def test_a_chain_of_blocked_sessions_is_drawn_as_a_tree() -> None:
    found = [
        Evidence(state=CheckState.FAIL, object="pid 1", finding="it blocks 2"),
        Evidence(state=CheckState.FAIL, object="pid 2", finding="it has waited", under="pid 1"),
        Evidence(state=CheckState.WARN, object="pid 3", finding="it has waited", under="pid 2"),
    ]
    report = HealthReport.of([HealthCheck.of("blocking", "Does nobody wait?", Seen("2 wait", tuple(found)))])
    shown = Terminal(io.BytesIO(), encoding="utf-8")
    show(report, output="table", fields=(), stream=shown, at=EPOCH)
    shown.seek(0)
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", shown.read())
    assert "object  pid 1\n" in drawn
    assert "object  └─ pid 2\n" in drawn
    assert "object     └─ pid 3\n" in drawn


@pytest.mark.parametrize("output", ["table", "json", "prometheus", "junit"])
def test_hostile_names_are_shown_and_do_nothing(
    output: str, migrated: Operator, url: DatabaseUrl, store: Callable[..., int]
) -> None:
    evil = "x\x1b[2J\u202e\"'<&>[red]r[/red]"
    store(record("A", 1, exception_id=evil))
    with connect(url) as admin:
        admin.execute(sql.SQL("CREATE INDEX {} ON exception (domain)").format(sql.Identifier(evil)))
        admin.execute("SELECT pg_create_physical_replication_slot('slot', true)")
        try:
            ran = migrated("health", "--only", "schema,sla,replication", "-o", output)
        finally:
            admin.execute("SELECT pg_drop_replication_slot('slot')")
    assert ran.code == 4  # untouched for months
    assert {char for char in ran.out + ran.err if not is_harmless(char)} <= {"\n", "\t"}
    assert output == "prometheus" or "[red]r[/red]" in ran.out
    if output == "junit":
        assert ET.fromstring(ran.out).get("failures") == "1"


def test_the_remedy_for_an_exception_with_a_hostile_id_is_one_that_a_shell_takes(
    migrated: Operator, store: Callable[..., int]
) -> None:
    evil = "it's; rm -rf *"
    store(record("A", 1, exception_id=evil))
    document = migrated("health", "--only", "sla", "-o", "json").document
    fix = next(one["fix"] for one in document["items"][0]["evidence"] if one["object"].startswith("exception"))
    assert shlex.split(fix) == ["sentinai", "exceptions", "show", evil, "--tenant", "A"]
    assert migrated(*shlex.split(fix)[1:]).code == 0
