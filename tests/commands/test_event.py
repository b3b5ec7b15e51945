"""`sentinai events verify`: whole or not."""

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator
from tests.conftest import connect


def test_a_whole_log_is_intact(reader: Operator) -> None:
    ran = reader("events", "verify", "-o", "json")
    assert ran.code == 0
    assert (ran.document["tenants"], ran.document["exceptions"], ran.document["breaks"]) == (2, 100, [])
    assert reader("events", "verify", "--tenant", FINANCE, "-o", "json").document["exceptions"] == 50


def test_a_changed_event_is_found_and_named_and_the_result_is_still_data(
    seeded: Operator, seeded_url: DatabaseUrl
) -> None:
    with connect(seeded_url) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER ALL")
        changed = admin.execute(
            'UPDATE exception_event SET payload = payload || \'{"note": "[red]\\u001b[31m"}\' WHERE event_no = 2 '
            "AND tenant_id = %s AND exception_id = (SELECT min(exception_id) FROM exception WHERE tenant_id = %s) "
            "RETURNING exception_id",
            [FINANCE, FINANCE],
        ).fetchone()
    assert changed is not None
    ran = seeded("events", "verify", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (4, "events_broken")
    assert ran.document["broken"] >= 1
    first = ran.document["breaks"][0]
    assert (first["exception_id"], first["tenant_id"], first["event_no"]) == (changed[0], FINANCE, 2)
    assert changed[0] in ran.failure["why"]
    assert seeded(*ran.failure["fix"].split()[1:]).code == 0
    assert changed[0] in seeded("events", "verify", terminal=True).out
    assert seeded("events", "verify", "--tenant", HEALTHCARE).code == 0
    assert seeded("events", "verify", "--tenant", FINANCE).code == 4
