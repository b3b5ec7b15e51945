"""`sentinai retention hold|release|holds` as somebody types them."""

import pytest

from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator

WHY = ["--reason", "case 4711"]


def test_a_hold_is_placed_listed_and_released_and_each_step_is_in_the_journal(seeded: Operator) -> None:
    placed = seeded("retention", "hold", "--tenant", FINANCE, *WHY, "--actor", "ada", "-o", "json").document
    assert placed["placed"] is True
    hold_id = placed["hold"]["hold_id"]
    listed = seeded("retention", "holds", "-o", "json").document
    assert [(one["hold_id"], one["reason"], one["placed_by"]) for one in listed["items"]] == [
        (hold_id, "case 4711", "ada")
    ]
    again = seeded("retention", "hold", "--tenant", FINANCE, *WHY)
    assert (again.code, "nothing was changed" in again.err) == (0, True)
    ended = seeded("retention", "release", hold_id, "--reason", "closed", "--yes", "-o", "json").document
    assert (ended["released"], ended["hold"]["release_reason"]) == (True, "closed")
    assert seeded("retention", "holds", "-o", "json").document["items"] == []
    assert seeded("retention", "release", hold_id, "--reason", "closed").code == 0
    told = [(entry["command"], entry["outcome"], entry["tenant_id"]) for entry in seeded.journal()[:4]]
    assert told == [
        ("retention release", "unchanged", FINANCE),
        ("retention release", "done", FINANCE),
        ("retention hold", "unchanged", FINANCE),
        ("retention hold", "done", FINANCE),
    ]


def test_a_release_is_asked_about(seeded: Operator) -> None:
    placed = seeded("retention", "hold", "--tenant", FINANCE, *WHY, "-o", "json").document
    hold_id = placed["hold"]["hold_id"]
    alone = seeded("retention", "release", hold_id, "--reason", "closed", "-o", "json")
    assert (alone.code, alone.failure["code"]) == (7, "not_confirmed")
    refused = seeded("retention", "release", hold_id, "--reason", "closed", answers="n\n")
    assert (refused.code, f"everything of {FINANCE}" in refused.err) == (7, True)
    assert seeded("retention", "release", hold_id, "--reason", "closed", answers="y\n").code == 0


def test_what_is_held_is_neither_reset_nor_left_unsaid(seeded: Operator) -> None:
    assert seeded("retention", "hold", "--tenant", FINANCE, *WHY).code == 0
    held = seeded("seed", "reset", "--tenant", FINANCE, "--confirm", FINANCE, "-o", "json")
    assert (held.code, held.failure["code"]) == (7, "legal_hold")
    assert held.failure["fix"] == f"sentinai retention holds --tenant {FINANCE}"
    assert seeded("seed", "reset", "--tenant", HEALTHCARE, "--confirm", HEALTHCARE).code == 0
    everything = seeded("db", "reset", "--confirm", "any", "-o", "json")
    assert (everything.code, everything.failure["code"]) == (7, "legal_hold")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["hold", *WHY], 2),
        (["hold", "--tenant", FINANCE], 2),
        (["hold", "--tenant", "NOBODY", *WHY], 3),
        (["hold", "--tenant", FINANCE, "--exception", "NONE", *WHY], 3),
        (["release", "nonsense", *WHY], 2),
        (["release", "019e6b1c-3f60-7c9a-8a51-0d6f6f2b9c11", *WHY], 3),
        (["holds", "--tenant", "NOBODY"], 3),
    ],
)
def test_what_is_not_said_or_not_there(words: list[str], code: int, reader: Operator) -> None:
    ran = reader("retention", *words)
    assert (ran.code, ran.out) == (code, "")


@pytest.mark.slow
def test_a_restore_keeps_the_old_database_aside_where_something_is_held(seeded: Operator) -> None:
    archive = str(seeded.cwd / "monday.dump")
    assert seeded("db", "backup", archive).code == 0
    assert seeded("retention", "hold", "--tenant", FINANCE, *WHY).code == 0
    dropping = seeded("db", "restore", archive, "--yes", "--drop-old", "-o", "json")
    assert (dropping.code, dropping.failure["code"]) == (7, "legal_hold")
    assert seeded("retention", "holds", "-o", "json").document["items"]
