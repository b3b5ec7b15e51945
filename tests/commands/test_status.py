"""`sentinai status`: one screen, and quickly."""

import subprocess
import sys

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.operator import Operator
from tests.conftest import connect
from tests.golden.sample import SAMPLES
from tests.golden.terminal import Terminal, shown

WIDTH, HEIGHT = 80, 24


def test_the_fullest_screen_fits_on_80_columns_and_24_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.setenv("NO_COLOR", "1")
    status = SAMPLES["database_status_full"]
    lines = shown(status, stream=Terminal()).splitlines()
    assert len(lines) < HEIGHT
    assert max(map(len, lines)) <= WIDTH


def test_a_seeded_database_is_told_on_one_screen_with_the_next_command(seeded: Operator) -> None:
    ran = seeded("status", "-o", "json")
    assert ran.code == 0
    held = ran.document["holdings"]
    assert [tenant["tenant_id"] for tenant in held["tenants"]] == ["TENANT_FINANCE_001", "TENANT_HEALTHCARE_042"]
    assert [sum(tenant["exceptions"].values()) for tenant in held["tenants"]] == [50, 50]
    assert {pack["pack"] for pack in held["packs"]} == {"domain:Finance@1", "domain:Healthcare@1"}
    assert held["operations"][0]["command"]
    assert seeded(*ran.document["next_command"].split()[1:]).code == 0
    shown_ = seeded("status", terminal=True).out
    assert held["newest_exception"]["exception_id"] in shown_
    assert "TENANT_HEALTHCARE_042" in shown_


def test_a_missing_wall_makes_the_next_command_the_proof_of_isolation(
    seeded: Operator, seeded_url: DatabaseUrl
) -> None:
    with connect(seeded_url) as admin:
        admin.execute("ALTER TABLE exception DISABLE ROW LEVEL SECURITY")
    document = seeded("status", "-o", "json").document
    assert (document["isolation"], document["next_command"]) == ("degraded", "sentinai health isolation")


def test_it_loads_neither_sqlalchemy_nor_alembic() -> None:
    code = (
        "import sys, sentinai_cli.cli.commands.status, sentinai_cli.services.status;"
        "print([name for name in ('sqlalchemy', 'alembic', 'faker', 'httpx') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
