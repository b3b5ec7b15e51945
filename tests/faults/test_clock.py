"""A clock that jumps back: times never run backwards within an exception, and every chain stays whole."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.commands.operator import Operator
from tests.conftest import connect
from tests.faults.client import Client
from tests.faults.rounds import rounds
from tests.faults.whole import assert_whole

_BACKWARDS = """
    SELECT exception_id, event_no FROM (
        SELECT *, lag(created_at) OVER (PARTITION BY tenant_id, exception_id ORDER BY event_no) AS before
        FROM exception_event
    ) AS told WHERE created_at < before
"""
NOW = datetime.fromisoformat(AS_OF)


@pytest.mark.slow
@rounds()
def test_acts_under_a_clock_that_jumps_about_leave_times_in_order(
    chance: random.Random, url: DatabaseUrl, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded = Operator(monkeypatch, client.place, {"SENTINAI_HOME": str(client.place / "home")}, now=NOW).at(url)
    assert seeded("seed", "--tenant", FINANCE).code == 0
    with connect(url) as admin:
        rows = admin.execute(
            "SELECT exception_id FROM exception WHERE tenant_id = %s AND status = 'open' ORDER BY 1 LIMIT 3", [FINANCE]
        ).fetchall()
    names = [row[0] for row in rows]
    jumps = [NOW + timedelta(seconds=chance.randrange(-10_000_000, 10_000)) for _ in range(6)]
    for number, moment in enumerate(jumps):
        somebody = replace(seeded, now=moment)
        ran = somebody("exceptions", "assign", *names, "--to", f"desk-{number}", "--tenant", FINANCE)
        assert ran.code == 0, ran.err
        ran = somebody("exceptions", "comment", *names, "--text", f"at {moment}", "--tenant", FINANCE)
        assert ran.code == 0, ran.err
    ran = replace(seeded, now=jumps[0])("seed", "--tenant", FINANCE, "--count", "70")
    assert ran.code == 0, ran.err
    with connect(url) as admin:
        assert admin.execute(_BACKWARDS).fetchall() == []
        newest = "SELECT count(*), max(last_event_no) FROM exception WHERE exception_id = ANY (%s)"
        told = admin.execute(newest, [names]).fetchone()
    assert told is not None
    assert told[0] == len(names)
    assert told[1] >= 2 * len(jumps)
    verified = replace(seeded, now=min(jumps))("events", "verify", "--all-tenants", "--fold")
    assert verified.code == 0, verified.out
    assert_whole(client, url)
