"""`sentinai retention plan|run` as somebody types them."""

import json
from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator


def _rows(operator: Operator, tenant_id: str) -> int:
    return int(operator("tenants", "show", tenant_id, "-o", "json").document["exceptions"])


def test_what_a_dry_run_shows_is_what_goes_and_the_log_still_verifies(seeded: Operator) -> None:
    words = ["retention", "run", "--tenant", FINANCE, "--older-than", "0d"]
    dry = seeded(*words, "--dry-run", "-o", "json").document
    (planned,) = dry["items"]
    assert planned["candidates"] > 0
    assert not (seeded.cwd / "exports").exists()
    before, other = _rows(seeded, FINANCE), _rows(seeded, HEALTHCARE)
    ran = seeded(*words, "--to", str(seeded.cwd / "exports"), "--confirm", FINANCE, "--reason", "over", "-o", "json")
    (done,) = ran.document["items"]
    assert (done["exported"], done["erased"]) == (planned["candidates"], planned["candidates"])
    assert f"its policy keeps them for {planned['policy_days']} days" in ran.err
    assert (_rows(seeded, FINANCE), _rows(seeded, HEALTHCARE)) == (before - done["erased"], other)
    assert seeded("events", "verify", "--all-tenants", "--fold").code == 0
    manifest = json.loads((Path(done["export"]) / "manifest.json").read_text())
    assert (manifest["exceptions"], manifest["reason"]) == (done["exported"], "over")
    last, first = (entry for entry in seeded.journal() if entry["command"] == "retention run")
    assert first["operation_id"] == manifest["operation_id"]
    assert (last["after"]["exceptions"], last["reason"]) == (done["erased"], "over")


def test_the_exact_name_is_asked_for_also_with_yes_given_elsewhere(seeded: Operator) -> None:
    words = ["retention", "run", "--tenant", FINANCE, "--older-than", "0", "--to", str(seeded.cwd / "exports")]
    alone = seeded(*words, "-o", "json")
    assert (alone.code, alone.failure["code"]) == (7, "not_confirmed")
    wrong = seeded(*words, answers=f"{HEALTHCARE}\n")
    assert (wrong.code, "nothing was changed" in wrong.err) == (7, True)
    assert not (seeded.cwd / "exports").exists()
    assert seeded(*words, answers=f"{FINANCE}\n").code == 0


def test_all_tenants_are_confirmed_by_the_name_of_the_database(seeded: Operator) -> None:
    words = ["retention", "run", "--all-tenants", "--older-than", "0", "--to", str(seeded.cwd / "exports")]
    assert seeded(*words, "--confirm", FINANCE).code == 7
    name = DatabaseUrl.parse(seeded.environ["SENTINAI_DATABASE_URL"], source="the test").database
    ran = seeded(*words, "--confirm", str(name), "-o", "json")
    assert (ran.code, {done["tenant_id"] for done in ran.document["items"]}) == (0, {FINANCE, HEALTHCARE})


def test_on_production_more_than_the_policy_says_does_not_go(seeded: Operator) -> None:
    assert seeded("db", "environment", "set", "production").code == 0
    words = ["retention", "run", "--tenant", FINANCE, "--to", str(seeded.cwd / "exports"), "--confirm", FINANCE]
    early = seeded(*words, "--older-than", "0", "-o", "json")
    assert (early.code, early.failure["code"]) == (7, "sooner_than_policy")
    assert seeded(*words).code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["plan", "--tenant", "NOBODY"], 3),
        (["plan", "--older-than", "soon"], 2),
        (["plan", "--older-than", "-1"], 2),
        (["run", "--all-tenants"], 2),
        (["run", "--to", "x"], 2),
        (["run", "--tenant", "NOBODY", "--to", "x"], 3),
    ],
)
def test_what_is_not_said_or_not_there(words: list[str], code: int, reader: Operator) -> None:
    ran = reader("retention", *words)
    assert (ran.code, ran.out) == (code, "")
