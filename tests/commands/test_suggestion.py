"""A name that differs by a letter from one that is there is answered with that one."""

import pytest

from tests.commands.conftest import FINANCE
from tests.commands.operator import Operator


@pytest.mark.parametrize(
    ("line", "code", "meant"),
    [
        ("exceptions list --tenant TENANT_FINANCE_01", "tenant_not_found", "TENANT_FINANCE_001"),
        ("exceptions stats --tenant tenant_finance_001", "tenant_not_found", "TENANT_FINANCE_001"),
        ("tenants show TENANT_HEALTHCARE_24", "tenant_not_found", "TENANT_HEALTHCARE_042"),
        ("packs show domain:Finanse", "pack_not_found", "domain:Finance@1"),
        ("packs show domain:Finance@9", "pack_not_found", "domain:Finance@1"),
        (f"packs impact policy:{FINANCE}@7 --tenant {FINANCE}", "pack_not_found", f"policy:{FINANCE}@1"),
        ("playbooks show PB_FIN_SETTLEMENT_FALL", "playbook_not_found", "PB_FIN_SETTLEMENT_FAIL"),
        (f"tools show getSettlment --tenant {FINANCE}", "tool_not_found", "getSettlement"),
        ("seed plan --scenario quater_end", "unknown_scenario", "quarter_end"),
    ],
)
def test_the_nearest_name_is_given(line: str, code: str, meant: str, reader: Operator) -> None:
    ran = reader(*line.split(), "-o", "json")
    assert ran.code == 3
    assert ran.failure["code"] == code
    assert "did you mean" in ran.failure["why"]
    assert meant in ran.failure["why"]


def test_a_name_like_no_other_is_answered_without_a_guess(reader: Operator) -> None:
    for line in ("tenants show zzz", "packs show domain:Logistics", "tools show zzz --tenant TENANT_FINANCE_001"):
        assert reader(*line.split(), "-o", "json").failure["why"] is None


def test_a_type_that_no_exception_has_is_answered_with_the_nearest(reader: Operator) -> None:
    ran = reader("exceptions", "list", "--type", "CASH_BRAEK")
    assert ran.code == 0
    assert "did you mean CASH_BREAK" in ran.err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["exeptions", "list"], "exceptions"),
        (["exceptions", "lst"], "list"),
        (["exceptions", "list", "--tenent", "x"], "--tenant"),
        (["migrate", "statsu"], "status"),
    ],
)
def test_a_mistyped_word_of_the_command_line_too(words: list[str], meant: str, operator: Operator) -> None:
    ran = operator(*words)
    assert ran.code == 2
    assert "did you mean" in ran.err
    assert meant in ran.err
