"""`sentinai exceptions assign|escalate|resolve|reopen|comment|apply`, `operations undo`."""

import json

import pytest

from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator

BY_REASON = ("--reason", "CHG-7")


def _rows(operator: Operator, *options: str) -> list[dict[str, str]]:
    return list(operator("exceptions", "list", "--all", *options, "-o", "json").document["items"])


def test_one_is_assigned_announced_journalled_and_undone(seeded: Operator) -> None:
    first = _rows(seeded, "--status", "open", "--tenant", FINANCE)[0]["exception_id"]
    ran = seeded("exceptions", "assign", first, "--to", "ada", "--tenant", FINANCE, *BY_REASON, "-o", "json")
    assert ran.code == 0, ran.err
    assert "target: development" in ran.err
    assert (ran.document["changed"], ran.document["items"][0]["outcome"]) == (1, "changed")
    (operation,) = ran.document["operations"]
    entry = seeded.journal()[0]
    assert (entry["operation_id"], entry["reason"], entry["tenant_id"]) == (operation, "CHG-7", FINANCE)
    assert [row["exception_id"] for row in _rows(seeded, "--owner", "ada")] == [first]
    back = seeded("operations", "undo", operation, "--yes")
    assert back.code == 0, back.err
    assert _rows(seeded, "--owner", "ada") == []


@pytest.mark.parametrize("form", [["-o", "tsv"], ["-o", "jsonl"], ["--keys-only"]])
def test_what_a_list_writes_is_what_an_act_reads(form: list[str], seeded: Operator) -> None:
    chosen = ("--severity", "low,medium", "--status", "!resolved")
    listed = seeded("exceptions", "list", "--all", *chosen, *form)
    count = seeded("exceptions", "count", *chosen, "-o", "json").document["count"]
    assert count > 1
    ran = seeded("exceptions", "resolve", "-", "--all-tenants", *BY_REASON, "-o", "json", piped=listed.out.encode())
    assert ran.code == 0, ran.err
    assert ran.document["changed"] == count
    assert _rows(seeded, *chosen) == []


def test_plain_ids_are_read_line_by_line(seeded: Operator) -> None:
    rows = _rows(seeded, "--status", "open", "--tenant", HEALTHCARE)[:2]
    piped = "\n".join(row["exception_id"] for row in rows).encode()
    ran = seeded("exceptions", "comment", "-", "--text", "seen", "--tenant", HEALTHCARE, "-o", "json", piped=piped)
    assert (ran.code, ran.document["changed"]) == (0, 2)
    assert "seen" not in json.dumps(seeded.journal()[0])


def test_a_filter_needs_a_reason_and_an_agreement_and_shows_the_count(seeded: Operator) -> None:
    words = ("exceptions", "resolve", "--tenant", FINANCE, "--status", "open", "-o", "json")
    count = len(_rows(seeded, "--tenant", FINANCE, "--status", "open"))
    assert seeded(*words).failure["code"] == "reason_needed"
    refused = seeded(*words, *BY_REASON)
    assert (refused.code, refused.failure["code"]) == (7, "not_confirmed")
    assert f"{count} exceptions" in refused.failure["what"]
    assert len(_rows(seeded, "--tenant", FINANCE, "--status", "open")) == count
    done = seeded(*words, *BY_REASON, "--yes")
    assert (done.code, done.document["changed"]) == (0, count)
    again = seeded(*words, *BY_REASON, "--yes")
    assert (again.code, again.document["changed"]) == (0, 0)
    assert "nothing to do" in again.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--tenant", FINANCE], "nothing_chosen"),
        (["X", "--status", "open", "--tenant", FINANCE], "chosen_twice"),
        (["X"], "tenant_needed"),
    ],
)
def test_what_an_act_is_for_must_be_said_once(words: list[str], code: str, seeded: Operator) -> None:
    ran = seeded("exceptions", "resolve", *words, *BY_REASON, "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, code)


def test_what_is_not_legal_is_a_conflict_and_partly_so_is_partial(seeded: Operator) -> None:
    rows = _rows(seeded, "--tenant", FINANCE)
    resolved = next(row["exception_id"] for row in rows if row["status"] == "resolved")
    other = next(row["exception_id"] for row in rows if row["status"] == "open")
    words = ("exceptions", "escalate", "--to", "risk", "--tenant", FINANCE, *BY_REASON, "-o", "json")
    alone = seeded(*words, resolved)
    assert (alone.code, alone.failure["code"]) == (6, "act_not_possible")
    both = seeded(*words, resolved, other)
    assert (both.code, both.failure["code"]) == (8, "act_incomplete")
    told = {item["exception_id"]: item["outcome"] for item in both.document["items"]}
    assert told == {resolved: "skipped", other: "changed"}
    assert seeded(*words, "NOPE").code == 3


def test_a_plan_is_written_shown_and_applied_once(seeded: Operator) -> None:
    plan = seeded.cwd / "plan.json"
    words = ("exceptions", "resolve", "--tenant", FINANCE, "--status", "open", *BY_REASON, "--plan-out", str(plan))
    made = seeded(*words, "-o", "json")
    assert made.code == 0, made.err
    assert "nothing was changed" in made.err
    count = len(made.document["targets"])
    assert count == len(_rows(seeded, "--tenant", FINANCE, "--status", "open"))
    assert seeded(*words, "-o", "json").failure["code"] == "file_exists"
    done = seeded("exceptions", "apply", str(plan), "--yes", "-o", "json")
    assert (done.code, done.document["changed"]) == (0, count)
    again = seeded("exceptions", "apply", str(plan), "--yes", "-o", "json")
    assert (again.code, again.failure["code"]) == (6, "plan_outdated")
