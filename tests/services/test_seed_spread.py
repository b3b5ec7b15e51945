"""What a scenario and its recipes declare is judged: of a true run all of it holds, and any of it can be broken."""

from collections.abc import Iterator

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.seeding.goodness import distance, fit
from sentinai_cli.services.seed import seed
from sentinai_cli.services.seed_verify import verify_run
from tests.conftest import connect, context, fresh_database, quiet
from tests.services.conftest import AS_OF, ignore, request

FINANCE = "TENANT_FINANCE_001"
EVENT = "UPDATE exception_event SET"
PAYLOAD = "UPDATE exception SET raw_payload = raw_payload ||"


@pytest.fixture(scope="module")
def true_run(server: DatabaseUrl, template: str) -> Iterator[tuple[DatabaseUrl, str]]:
    """A database with a run of some hundred exceptions, and the start of their ids."""
    with fresh_database(server, template) as made:
        database = Database(made, context=context("seed"))
        wanted = request(FINANCE, count=1300, as_of=AS_OF)
        (run,) = seed(database, wanted, embedded=True, now=AS_OF, say=quiet, advance=ignore).items
        database.close()
        yield made, run.prefix


def failing(url: DatabaseUrl, prefix: str) -> set[str]:
    database = Database(url, context=context("verify"))
    result = verify_run(database, AllTenants(), prefix, advance=ignore)
    database.close()
    assert {check.check for check in result.items if check.failed} == {
        check.check for check in result.items if not check.passed
    }
    return {check.check for check in result.items if not check.passed}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("check", "statement"),
    [
        ("", "SELECT"),
        ("types are in their declared shares", "UPDATE exception SET type = 'CASH_BREAK' WHERE type LIKE 'S%'"),
        (
            "sources of CASH_BREAK are in their declared shares",
            "UPDATE exception SET source_system = 'SettlementSystem'",
        ),
        ("side of MISMATCHED_TRADE_DETAILS is in its declared shares", PAYLOAD + ' \'{"side": "BUY"}\''),
        ("daysLate of SETTLEMENT_FAIL is in its declared shares", PAYLOAD + " '{\"daysLate\": 9}'"),
        ("blockQty of FAILED_ALLOCATION is spread as declared", PAYLOAD + " '{\"blockQty\": 1000}'"),
        ("expectedBalance of CASH_BREAK is spread as declared", PAYLOAD + ' \'{"expectedBalance": "many"}\''),
        ("amount column of CASH_BREAK is spread as declared", "UPDATE exception SET amount = amount * 30"),
        ("arrivals follow the curve of days", "UPDATE exception SET created_at = created_at - interval '2 days'"),
        ("arrivals follow the curve of hours", "UPDATE exception SET created_at = created_at - interval '11 hours'"),
        (
            "stories end as declared",
            EVENT + " payload = payload || '{\"after\": \"open\"}' WHERE payload ->> 'after' = 'resolved'",
        ),
        (
            "as many are late as declared",
            EVENT + " created_at = created_at + interval '30 days' WHERE payload ->> 'after' = 'resolved'",
        ),
        ("confidence is spread as declared", EVENT + ' payload = payload || \'{"confidence": "0.80"}\''),
        ("reasons of resolutions are alike", EVENT + ' payload = payload || \'{"reason": "none"}\''),
        (
            "reasons of escalations are alike",
            EVENT + " payload = payload || '{\"reason\": \"none\"}' WHERE event_type = 'Escalated'",
        ),
        (
            "as many comments as declared",
            EVENT + " event_type = 'CopilotQuestionAsked' WHERE event_type = 'CommentAdded'",
        ),
        (
            "as much feedback as declared",
            EVENT + " event_type = 'CopilotQuestionAsked' WHERE event_type = 'FeedbackCaptured'",
        ),
        (
            "triage takes as long as declared",
            EVENT + " created_at = created_at + interval '1 minute' WHERE event_type = 'TriageCompleted'",
        ),
    ],
)
def test_a_run_that_was_tampered_with_is_not_spread_as_declared(
    server: DatabaseUrl, true_run: tuple[DatabaseUrl, str], check: str, statement: str
) -> None:
    source, prefix = true_run
    assert source.database is not None
    with fresh_database(server, source.database) as own:
        with connect(own) as admin:
            for table in ("exception", "exception_event"):
                admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
            admin.execute(statement.encode())
        found = failing(own, prefix)
    assert (check in found) if check else (found == set())


def test_a_failing_check_names_the_value_that_is_furthest_off() -> None:
    from sentinai_cli.services.seed_distribution import counted, measured

    judged = counted("colours", {"red": 90, "blue": 10}, {"red": 1, "blue": 1})
    assert (judged.passed, judged.checked, judged.failed) == (False, 100, 100)
    assert "red: 90 where about 50 are declared" in judged.rows
    assert measured("sizes", [7] * 100, lambda size: (size + 1) / 100).rows == ("from 7 to 7, half of them up to 7",)
    assert measured("sizes", range(100), lambda size: (size + 1) / 100).passed
    assert not measured("sizes", [7] * 100, lambda size: (size + 1) / 100).passed
    assert measured("sizes", [7], lambda size: (size + 1) / 100).detail == "too few rows to tell"


def test_a_distance_is_judged_by_massarts_bound() -> None:
    exact = distance(range(1000), lambda value: (value + 1) / 1000)
    assert exact.statistic < 1e-9
    assert abs(exact.limit - 0.0852) < 0.0001
    assert not distance([value // 2 for value in range(1000)], lambda value: (value + 1) / 1000).fits
    assert fit({"a": 5, "z": 1}, {"a": 1}).statistic == float("inf")
