"""`sentinai packs effective|why` and `sentinai exceptions why`."""

import pytest

from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator

WHY = ("packs", "why", "--tenant", FINANCE, "--type")


def test_the_effective_packs_are_explained_value_by_value_when_asked(reader: Operator) -> None:
    plain = reader("packs", "effective", "--tenant", FINANCE, "-o", "json").document
    explained = reader("packs", "effective", "--tenant", FINANCE, "--explain", "-o", "json").document
    assert [(item["name"], item["value"]) for item in plain["items"]] == [
        (item["name"], item["value"]) for item in explained["items"]
    ]
    assert {item["layer"] for item in explained["items"]} == {"policy", "domain", "default"}
    assert {item["pack"] for item in explained["items"]} == {"domain:Finance@1", f"policy:{FINANCE}@1", None}
    shown = reader("packs", "effective", "--tenant", FINANCE, "--explain", terminal=True)
    assert shown.code == 0
    assert f"policy:{FINANCE}@1" in shown.out


def test_the_effective_packs_of_two_tenants_are_their_own(reader: Operator) -> None:
    def names(tenant_id: str) -> set[str]:
        items = reader("packs", "effective", "--tenant", tenant_id, "-o", "json").document["items"]
        return {item["name"] for item in items if item["name"].startswith("/exceptionTypes/")}

    assert names(FINANCE).isdisjoint(names(HEALTHCARE))


def test_why_says_what_won_and_what_was_tried_and_stores_nothing(reader: Operator) -> None:
    before = reader("exceptions", "count", "-o", "json").document, reader.journal()
    told = reader(*WHY, "SETTLEMENT_FAIL", "--payload", "-", "-o", "json", piped=b'{"daysLate": 9}')
    assert told.code == 0, told.err
    document = told.document
    assert (document["tenant_id"], document["domain_pack"], document["exception_id"]) == (
        FINANCE,
        "domain:Finance@1",
        None,
    )
    assert (document["layer"], document["rule"], document["severity"]) == ("rule", "settlement-overdue", "high")
    assert [rule["rule"] for rule in document["tried"] if rule["matched"]] == ["settlement-overdue"]
    assert len(document["tried"]) > 1
    assert (reader("exceptions", "count", "-o", "json").document, reader.journal()) == before
    assert document["severity"] in reader(*WHY, "SETTLEMENT_FAIL", terminal=True).out.lower()


def test_a_type_that_the_pack_has_not_is_called_out(reader: Operator) -> None:
    (note,) = reader(*WHY, "SETTLEMENT_FIAL", "-o", "json").document["notes"]
    assert "SETTLEMENT_FAIL" in note


@pytest.mark.parametrize(
    ("words", "piped", "code", "named"),
    [
        ([*WHY, "X", "--payload", "-"], b"[]", 2, "invalid_payload"),
        ([*WHY, "X", "--context", "-"], b"7", 2, "invalid_payload"),
        ([*WHY, "X", "--payload", "-"], b"{", 2, None),
        ([*WHY, "X", "--payload", "no-such-file"], b"", 2, "file_unreadable"),
        ([*WHY, "X", "--amount", "many"], b"", 2, "invalid_amount"),
        (["packs", "why", "--type", "X"], b"", 2, "tenant_needed"),
        (["packs", "why", "--type", "X", "--tenant", "NOPE"], b"", 3, "tenant_not_found"),
        (["packs", "effective"], b"", 2, "tenant_needed"),
        (["packs", "effective", "--tenant", "NOPE"], b"", 3, "tenant_not_found"),
        (["exceptions", "why", "NOPE"], b"", 3, "exception_not_found"),
        (["exceptions", "why", "X", "--tenant", "NOPE"], b"", 3, "tenant_not_found"),
    ],
)
def test_what_cannot_be_explained_is_named(
    words: list[str], piped: bytes, code: int, named: str | None, reader: Operator
) -> None:
    ran = reader(*words, "-o", "json", piped=piped)
    assert (ran.code, ran.out) == (code, "")
    assert named is None or ran.failure["code"] == named


@pytest.mark.parametrize("words", [["packs", "effective"], ["packs", "why", "--type", "X"]])
def test_a_tenant_without_active_packs_is_led_to_activate(words: list[str], migrated: Operator) -> None:
    migrated("tenants", "create", "ACME", "--domain", "Finance")
    ran = migrated(*words, "--tenant", "ACME", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (3, "no_active_packs")
    assert ran.failure["fix"] == "sentinai packs activate domain:NAME --tenant ACME"


def test_a_stored_exception_is_explained_by_the_packs_of_its_tenant(reader: Operator) -> None:
    listed = reader("exceptions", "list", "--limit", "10", "-o", "json").document["items"]
    for item in listed:
        told = reader("exceptions", "why", item["exception_id"], "-o", "json").document
        assert (told["tenant_id"], told["type"]) == (item["tenant_id"], item["type"])
        assert told["severity"] == told["stored_severity"] == item["severity"]


def test_another_tenant_s_exception_is_not_explained(reader: Operator) -> None:
    (item,) = reader("exceptions", "list", "--tenant", FINANCE, "--limit", "1", "-o", "json").document["items"]
    ran = reader("exceptions", "why", item["exception_id"], "--tenant", HEALTHCARE, "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (3, "", "exception_not_found")
