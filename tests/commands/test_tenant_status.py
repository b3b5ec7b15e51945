"""`sentinai tenants suspend|archive|activate|purge` as somebody types them."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator

WHY = ["--reason", "unpaid"]


def test_a_suspended_tenant_is_read_and_not_changed_until_it_is_activated(seeded: Operator) -> None:
    done = seeded("tenants", "suspend", FINANCE, *WHY, "--yes", "-o", "json").document
    assert (done["changed"], done["before"], done["tenant"]["status"]) == (True, "active", "suspended")
    listed = seeded("tenants", "list", "--status", "suspended", "-o", "json").document
    assert [tenant["tenant_id"] for tenant in listed["items"]] == [FINANCE]
    found = seeded("exceptions", "list", "--tenant", FINANCE, "--limit", "1", "-o", "json").document["items"][0]
    for words in (
        ["exceptions", "comment", found["exception_id"], "--tenant", FINANCE, "--text", "x"],
        ["exceptions", "assign", "--to", "ada", "--status", "open", "--all-tenants", "--yes", *WHY],
        ["packs", "activate", "domain:Finance", "--tenant", FINANCE, "--yes"],
        ["tools", "disable", "getSettlement", "--tenant", FINANCE],
        ["seed", "--tenant", FINANCE, "--count", "70"],
    ):
        refused = seeded(*words, "-o", "json")
        assert (refused.code, refused.failure["code"]) == (7, "tenant_not_active"), words
        assert refused.failure["fix"].startswith(f"sentinai tenants activate {FINANCE} --reason")
    assert seeded("events", "seal", "--tenant", FINANCE).code == 0
    assert seeded("exceptions", "export", "--tenant", FINANCE).code == 0
    again = seeded("tenants", "suspend", FINANCE, *WHY, "--yes")
    assert (again.code, "nothing was changed" in again.err) == (0, True)
    assert seeded("tenants", "activate", FINANCE, *WHY).code == 0
    assert seeded("exceptions", "comment", found["exception_id"], "--tenant", FINANCE, "--text", "x").code == 0


def test_suspending_and_archiving_are_asked_about(seeded: Operator) -> None:
    for word in ("suspend", "archive"):
        alone = seeded("tenants", word, FINANCE, *WHY, "-o", "json")
        assert (alone.code, alone.failure["code"]) == (7, "not_confirmed")
        assert seeded("tenants", word, FINANCE, *WHY, answers="n\n").code == 7
        assert seeded("tenants", word, FINANCE, *WHY, answers="y\n").code == 0


def test_a_purge_shows_what_goes_asks_for_the_id_and_leaves_a_receipt(seeded: Operator) -> None:
    place = seeded.cwd / "exports"
    words = ["tenants", "purge", FINANCE]
    planned = seeded(*words, "--dry-run", "-o", "json").document
    assert not place.exists()
    alone = seeded(*words, "--to", str(place), "-o", "json")
    assert (alone.code, alone.failure["code"]) == (7, "not_confirmed")
    assert "exception: 50 rows" in alone.err
    assert seeded(*words, "--to", str(place), answers=f"{HEALTHCARE}\n").code == 7
    assert not place.exists()
    done = seeded(*words, "--to", str(place), "--confirm", FINANCE, *WHY, "-o", "json").document
    assert [(one["table"], one["rows"]) for one in done["tables"]] == [
        (one["table"], one["rows"]) for one in planned["tables"]
    ]
    assert json.loads(Path(done["file"]).read_text()) == done
    assert seeded("events", "verify", "--all-tenants", "--fold").code == 0
    shown = seeded("tenants", "show", FINANCE, "-o", "json").document
    assert (shown["status"], shown["exceptions"]) == ("purged", 0)
    created = seeded("tenants", "create", FINANCE, "--domain", "Finance", "-o", "json")
    assert (created.code, created.failure["code"]) == (6, "tenant_purged")
    again = seeded(*words, "--to", str(place), "--confirm", FINANCE)
    assert (again.code, "nothing was changed" in again.err) == (0, True)


def test_a_purge_is_refused_on_production_and_under_a_hold(seeded: Operator) -> None:
    words = ["tenants", "purge", FINANCE, "--to", str(seeded.cwd / "exports"), "--confirm", FINANCE, "-o", "json"]
    assert seeded("retention", "hold", "--tenant", FINANCE, *WHY).code == 0
    held = seeded(*words)
    assert (held.code, held.failure["code"]) == (7, "legal_hold")
    assert seeded("db", "environment", "set", "production").code == 0
    live = seeded(*words)
    assert (live.code, live.failure["code"]) == (7, "production_protected")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["suspend", "NOBODY", *WHY, "--yes"], 3),
        (["suspend", FINANCE, "--yes"], 2),
        (["archive", "NOBODY", *WHY, "--yes"], 3),
        (["activate", "NOBODY", *WHY], 3),
        (["purge", "NOBODY", "--to", "x"], 3),
        (["purge", "NOBODY", "--dry-run"], 3),
        (["purge", FINANCE], 2),
        (["purge", FINANCE, "--to", "x", "--no-export"], 2),
        (["list", "--status", "gone"], 2),
    ],
)
def test_what_is_not_said_or_not_there(words: list[str], code: int, reader: Operator) -> None:
    ran = reader("tenants", *words)
    assert (ran.code, ran.out) == (code, "")
