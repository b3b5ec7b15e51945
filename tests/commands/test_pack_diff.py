"""`sentinai packs diff|history|rollback`."""

import json
from typing import Any

import pytest

from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator
from tests.commands.test_pack import LENIENT_DOMAIN_PACK, NEXT_DOMAIN_PACK
from tests.unit.packs.test_diff import patched


def _pack(operator: Operator, reference: str) -> Any:
    return operator("packs", "show", reference, "-o", "json").document["pack"]


def test_the_json_of_a_diff_holds_a_patch_that_makes_the_one_pack_of_the_other(seeded: Operator) -> None:
    seeded("packs", "import", "-", piped=LENIENT_DOMAIN_PACK)
    before, after = _pack(seeded, "domain:Finance@1"), _pack(seeded, "domain:Finance@2")
    told = seeded("packs", "diff", "domain:Finance@1", "domain:Finance@2", "-o", "json").document
    assert patched(before, told["patch"]) == after != before
    back = seeded("packs", "diff", "domain:Finance@2", "domain:Finance@1", "-o", "json").document
    assert patched(after, back["patch"]) == before
    assert (told["a"], told["b"]) == (back["b"], back["a"]) == ("domain:Finance@1", "domain:Finance@2")


def test_a_diff_names_each_thing_that_changed_with_both_values(seeded: Operator) -> None:
    seeded("packs", "import", "-", piped=NEXT_DOMAIN_PACK)
    shown = seeded("packs", "diff", "domain:Finance@1", "domain:Finance@2", terminal=True)
    assert shown.code == 0
    assert "description" in shown.out
    assert "another one" in shown.out
    lines = seeded("packs", "diff", "domain:Finance@1", "domain:Finance@2", "-o", "jsonl").out.splitlines()
    assert [(json.loads(line)["section"], json.loads(line)["name"]) for line in lines] == [("pack", "description")]


@pytest.mark.parametrize("output", ["table", "json", "jsonl", "csv", "tsv"])
def test_a_pack_does_not_differ_from_itself(output: str, reader: Operator) -> None:
    ran = reader("packs", "diff", "domain:Finance", "domain:Finance@1", "-o", output, terminal=output == "table")
    assert ran.code == 0
    if output == "json":
        assert (ran.document["items"], ran.document["patch"]) == ([], [])


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (["domain:Finance", f"policy:{FINANCE}"], 2, "packs_of_two_kinds"),
        (["domain:Finance", "Finance"], 2, "invalid_pack_reference"),
        (["domain:Finance", "domain:Finance@9"], 3, "pack_not_found"),
        (["domain:Finance", "domain:Healthcare", "--tenant", "NOPE"], 3, "tenant_not_found"),
        ([f"policy:{FINANCE}", f"policy:{FINANCE}@1", "--tenant", HEALTHCARE], 3, "pack_not_found"),
    ],
)
def test_what_cannot_be_compared_is_named(words: list[str], code: int, named: str, reader: Operator) -> None:
    ran = reader("packs", "diff", *words, "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (code, "", named)


def _effective(operator: Operator, tenant_id: str) -> Any:
    return operator("packs", "effective", "--tenant", tenant_id, "--explain", "-o", "json").document


def test_a_rollback_restores_what_held_and_is_one_entry_in_the_journal(seeded: Operator) -> None:
    before, other = _effective(seeded, FINANCE), _effective(seeded, HEALTHCARE)
    seeded("packs", "import", "-", "--activate", "--tenant", FINANCE, "--yes", piped=LENIENT_DOMAIN_PACK)
    assert _effective(seeded, FINANCE) != before
    entries = len(seeded.journal())
    ran = seeded("packs", "rollback", "--tenant", FINANCE, "--reason", "too mild", "--yes", "-o", "json")
    assert ran.code == 0, ran.err
    assert (_effective(seeded, FINANCE), _effective(seeded, HEALTHCARE)) == (before, other)
    journal = seeded.journal()
    assert len(journal) == entries + 1
    assert (journal[0]["command"], journal[0]["tenant_id"], journal[0]["reason"]) == (
        "packs rollback",
        FINANCE,
        "too mild",
    )
    history = seeded("packs", "history", "--tenant", FINANCE, "-o", "json").document["items"]
    assert [(item["no"], item["domain_version"]) for item in history] == [(3, 1), (2, 2), (1, 1)]


def test_a_dry_run_of_a_rollback_tells_the_impact_and_changes_nothing(seeded: Operator) -> None:
    seeded("packs", "import", "-", "--activate", "--tenant", FINANCE, "--yes", piped=LENIENT_DOMAIN_PACK)
    before = _effective(seeded, FINANCE), seeded.journal()
    ran = seeded("packs", "rollback", "--tenant", FINANCE, "--dry-run", "-o", "json")
    assert (ran.code, ran.document["changed"] > 0) == (0, True)
    assert "dry run: nothing was changed" in ran.err
    assert (_effective(seeded, FINANCE), seeded.journal()) == before


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (["--tenant", FINANCE, "--yes"], 3, "activation_not_found"),
        (["--tenant", FINANCE, "--to", "7", "--yes"], 3, "activation_not_found"),
        (["--tenant", "NOPE", "--yes"], 3, "tenant_not_found"),
    ],
)
def test_a_rollback_that_leads_nowhere_is_refused(words: list[str], code: int, named: str, reader: Operator) -> None:
    before = reader.journal()
    ran = reader("packs", "rollback", *words, "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (code, "", named)
    assert reader.journal() == before
