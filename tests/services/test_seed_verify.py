"""`seed verify` finds whatever is not as it was seeded, and nothing else; `seed reset` takes back exactly a run."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from psycopg.types.json import Jsonb

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound, Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.seed import SeedRunState
from sentinai_cli.models.seed_check import SeedVerification
from sentinai_cli.services.environment import set_environment
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.operation import list_operations
from sentinai_cli.services.seed_forecast import forecast
from sentinai_cli.services.seed_reset import reset_seeds
from sentinai_cli.services.seed_run import find_run, list_runs
from sentinai_cli.services.seed_scenario import list_scenarios
from sentinai_cli.services.seed_verify import verify_run
from tests.conftest import connect
from tests.services.conftest import AS_OF, ignore, request
from tests.services.rows import everything, seeded, unchanged
from tests.services.test_seed import FINANCE, HEALTHCARE, resolve, run, run_one

EVERYWHERE = AllTenants()


def prefix(database: Database, tenant_id: str = FINANCE) -> str:
    return run_one(database, request(tenant_id)).prefix


def verified(database: Database, reference: str) -> SeedVerification:
    return verify_run(database, EVERYWHERE, reference, advance=ignore)


def failing(result: SeedVerification) -> set[str]:
    return {check.check for check in result.items if not check.passed}


@pytest.mark.parametrize("tenant_id", [FINANCE, HEALTHCARE])
def test_an_undisturbed_run_holds(untouched: Database, tenant_id: str) -> None:
    result = verified(untouched, prefix(untouched, tenant_id))
    assert (result.failed, result.moved, result.records) == (0, 0, 50)
    assert result.digest == result.stored_digest == run_one(untouched, request(tenant_id)).digest
    assert {check.checked for check in result.items if check.check.startswith("every")} == {50}


@pytest.mark.parametrize("scenario", ["minimal", "outage", "load"])
def test_the_scenarios_spread_as_they_declare(database: Database, scenario: str) -> None:
    made = run_one(
        database,
        request(FINANCE, HEALTHCARE, scenario=scenario, count=600, as_of=AS_OF).model_copy(
            update={"tenant_ids": (FINANCE,)}
        ),
    )
    result = verified(database, made.prefix)
    assert result.failed == 0, [check for check in result.items if not check.passed]


def test_rows_that_were_acted_on_are_moved_and_hold(seeded_database: Database) -> None:
    name = prefix(seeded_database)
    resolve(seeded_database, f"{name}-000007")
    result = verified(seeded_database, name)
    assert (result.failed, result.moved) == (0, 1)


def forge(database: Database, *statements: str) -> None:
    """Change rows past every guard, as only a superuser can."""
    with connect(database.url) as admin:
        for table in ("exception", "exception_event"):
            admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
        for statement in statements:
            admin.execute(statement.encode())


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE exception SET entity = 'forged' WHERE exception_id LIKE '%-000009'",
            {"every record is what was seeded", "every history is whole", "the digest is that of the run"},
        ),
        ("UPDATE exception SET severity = 'low' WHERE severity = 'high'", {"every history is whole"}),
        (
            'UPDATE exception_event SET payload = payload || \'{"severity": "low"}\' WHERE event_no = 1',
            {"every history is whole", "severities are what the rules say"},
        ),
        (
            "UPDATE exception_event SET created_at = created_at + '1 year' WHERE event_no = 2",
            {"every history is whole", "times are consistent", "triage takes as long as declared"},
        ),
        (
            "UPDATE exception SET raw_payload = raw_payload || '{\"difference\": \"0.00\"}' WHERE type = 'CASH_BREAK'",
            {
                "every record is what was seeded",
                "every history is whole",
                "the digest is that of the run",
                "payloads keep their invariants",
                "severities are what the rules say",
            },
        ),
        (
            "UPDATE exception SET current_playbook_id = 'PB_NONE' WHERE current_playbook_id IS NOT NULL",
            {"every history is whole", "references exist"},
        ),
    ],
)
def test_whatever_was_altered_is_found(seeded_database: Database, statement: str, found: set[str]) -> None:
    name = prefix(seeded_database)
    forge(seeded_database, statement)
    result = verified(seeded_database, name)
    assert failing(result) >= found - {"severities are what the rules say"}
    assert failing(result) <= found
    assert all(check.rows for check in result.items if not check.passed and check.checked > 1)


def test_a_missing_record_is_named(seeded_database: Database) -> None:
    name = prefix(seeded_database)
    gone = f"{name}-000017"
    forge(
        seeded_database,
        f"DELETE FROM exception_event WHERE exception_id = '{gone}'",
        f"DELETE FROM exception WHERE exception_id = '{gone}'",
    )
    result = verified(seeded_database, name)
    assert failing(result) == {"every record is there", "the digest is that of the run"}
    assert result.items[1].rows == (f"{gone}: it is missing",)


def test_another_spread_of_types_is_found(database: Database) -> None:
    made = run_one(database, request(FINANCE, count=300, as_of=AS_OF))
    forge(database, "UPDATE exception SET type = 'SEC_MASTER_MISMATCH' WHERE type = 'CASH_BREAK'")
    assert "types are in their declared shares" in failing(verified(database, made.prefix))


def test_a_run_that_is_not_complete_does_not_hold(seeded_database: Database) -> None:
    name = prefix(seeded_database)
    with connect(seeded_database.url) as admin:
        admin.execute("UPDATE seed_run SET state = 'running'")
    assert failing(verified(seeded_database, name)) == {"the digest is that of the run"}


def test_a_run_of_another_generator_is_not_verified(seeded_database: Database) -> None:
    made = run_one(seeded_database, request(FINANCE))
    with connect(seeded_database.url) as admin:
        admin.execute("UPDATE seed_run SET seed = 99 WHERE tenant_id = %s", [FINANCE])
    with pytest.raises(CheckFailed) as caught:
        verified(seeded_database, made.prefix)
    assert caught.value.code == "seed_run_not_ours"


def test_a_run_is_named_by_the_start_of_its_identity_or_its_ids(untouched: Database) -> None:
    made = run_one(untouched, request(FINANCE))
    for reference in (made.prefix, made.prefix.lower(), made.identity, made.identity[:6], f"{made.prefix}"):
        assert find_run(untouched, EVERYWHERE, reference).identity == made.identity
    with pytest.raises(NotFound):
        find_run(untouched, TenantScope(HEALTHCARE), made.prefix)
    for reference in ("zzzz", "abc", "FIN-00000000", "", "%"):
        with pytest.raises(NotFound) as caught:
            find_run(untouched, EVERYWHERE, reference)
        assert caught.value.code == "seed_run_not_found"


def test_a_name_that_fits_several_runs_is_refused(seeded_database: Database) -> None:
    made = run_one(seeded_database, request(FINANCE))
    twin = made.identity[:32] + "0" * 32
    with connect(seeded_database.url) as admin:
        admin.execute(
            "INSERT INTO seed_run (tenant_id, identity, scenario, seed, manifest, as_of, state, records)"
            " VALUES (%s, %s, 'default', 1, %s, %s, 'running', 0)",
            [HEALTHCARE, twin, Jsonb({}), AS_OF],
        )
    with pytest.raises(InvalidInput):
        find_run(seeded_database, EVERYWHERE, made.identity[:12])
    assert find_run(seeded_database, TenantScope(FINANCE), made.identity[:12]).identity == made.identity


def test_runs_are_listed_with_their_state(seeded_database: Database) -> None:
    run_one(seeded_database, request(FINANCE, number=4, count=3))
    listed = list_runs(seeded_database, EVERYWHERE).items
    assert (listed[0].tenant_id, listed[0].seed, listed[0].records) == (FINANCE, 4, 3)
    assert {one.state for one in listed} == {SeedRunState.COMPLETE}
    assert len(list_runs(seeded_database, TenantScope(HEALTHCARE)).items) == 1
    with pytest.raises(NotFound):
        list_runs(seeded_database, TenantScope("NOPE"))


def test_reset_takes_back_what_a_run_made_and_nothing_else(seeded_database: Database) -> None:
    before = seeded(seeded_database.url)
    extra = run_one(seeded_database, request(FINANCE, number=9, count=20))
    resolve(seeded_database, f"{extra.prefix}-000007")
    done = reset_seeds(seeded_database, FINANCE, advance=ignore)
    assert sorted(one.erased for one in done.items) == [20, 50]
    assert {one.missing for one in done.items} == {0}
    after = seeded(seeded_database.url)
    assert [row for row in before["exception"] if row["tenant_id"] == HEALTHCARE] == after["exception"]
    assert [row for row in before["exception_event"] if row["tenant_id"] == HEALTHCARE] == after["exception_event"]
    assert [run.tenant_id for run in list_runs(seeded_database, EVERYWHERE).items] == [HEALTHCARE]
    with connect(seeded_database.url) as admin:
        assert admin.execute("SELECT count(*), sum(events) FROM erasure").fetchone() == (
            70,
            sum(one.events for one in done.items),
        )
    assert verify_events(seeded_database, EVERYWHERE, advance=ignore).broken == 0
    assert list_operations(seeded_database, limit=1).items[0].after["erased"] in (20, 50)


def test_what_was_reset_can_be_seeded_again_as_it_was(seeded_database: Database) -> None:
    before = seeded(seeded_database.url)
    reset_seeds(seeded_database, FINANCE, advance=ignore)
    again = run_one(seeded_database, request(FINANCE, as_of=AS_OF))
    assert again.inserted == 50
    assert seeded(seeded_database.url) == before
    assert verified(seeded_database, again.prefix).failed == 0
    assert reset_seeds(seeded_database, FINANCE, advance=ignore).items[0].erased == 50
    assert run_one(seeded_database, request(FINANCE, as_of=AS_OF)).inserted == 50
    assert verify_events(seeded_database, EVERYWHERE, advance=ignore).broken == 0


@pytest.mark.parametrize("then_seed", [True, False])
def test_a_reset_that_was_cut_off_can_be_finished_or_seeded_over(
    database: Database, monkeypatch: pytest.MonkeyPatch, then_seed: bool
) -> None:
    monkeypatch.setattr("sentinai_cli.services.seed_load.CHUNK", 20)
    made = run_one(database, request(FINANCE, count=60, as_of=AS_OF))
    before = seeded(database.url)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reset_seeds(database, FINANCE, advance=stop)
    if then_seed:
        again = run_one(database, request(FINANCE, count=60))
        assert (again.inserted, again.digest) == (20, made.digest)
        assert seeded(database.url) == before
    else:
        (done,) = reset_seeds(database, FINANCE, advance=ignore).items
        assert (done.erased, done.missing) == (40, 0)
        assert not seeded(database.url)["exception"]


def test_a_production_database_and_an_unknown_tenant_are_not_reset(seeded_database: Database) -> None:
    with unchanged(seeded_database.url), pytest.raises(NotFound):
        reset_seeds(seeded_database, "NOPE", advance=ignore)
    set_environment(seeded_database, Environment.PRODUCTION)
    with unchanged(seeded_database.url), pytest.raises(Refused):
        reset_seeds(seeded_database, FINANCE, advance=ignore)


def test_a_tenant_without_runs_is_left_as_it_is(seeded_database: Database) -> None:
    reset_seeds(seeded_database, HEALTHCARE, advance=ignore)
    before = everything(seeded_database.url)
    assert reset_seeds(seeded_database, HEALTHCARE, advance=ignore).items == ()
    assert everything(seeded_database.url) == before


def test_what_is_forecast_is_what_is_written(database: Database) -> None:
    chosen = request(scenario="quarter_end", as_of=AS_OF)
    said = forecast(chosen, now=AS_OF + timedelta(days=1), advance=ignore, clock=ticking())
    made = run(database, chosen)
    assert [(one.tenant_id, one.prefix, one.exceptions) for one in said.items] == [
        (one.tenant_id, one.prefix, one.inserted) for one in made.items
    ]
    for column, field in (("type", "by_type"), ("status", "by_status"), ("severity", "by_severity")):
        with connect(database.url) as admin:
            counted: dict[str, int] = dict(
                admin.execute(
                    f"SELECT {column}, count(*) FROM exception WHERE tenant_id = %s GROUP BY 1".encode(), [FINANCE]
                ).fetchall()
            )
        assert getattr(said.items[0], field) == counted
    with connect(database.url) as admin:
        events = admin.execute("SELECT count(*) FROM exception_event WHERE tenant_id = %s", [FINANCE]).fetchone()
    assert events == (said.items[0].events,)
    assert said.items[0].seconds == 1.0


def ticking() -> Callable[[], float]:
    """A clock on which a second passes each time that somebody looks."""
    return iter(float(second) for second in range(100)).__next__


def test_a_long_run_is_forecast_in_proportion() -> None:
    (said,) = forecast(
        request(FINANCE, scenario="load", count=1_000_000), now=AS_OF, advance=ignore, clock=ticking()
    ).items
    assert (said.exceptions, said.sampled, said.seconds) == (1_000_000, 4000, 250.0)
    assert 2_700_000 < said.events < 3_500_000
    assert abs(sum(said.by_type.values()) - 1_000_000) < 10


def test_a_tenant_that_nobody_knows_is_forecast_when_somebody_says_what_it_is() -> None:
    with pytest.raises(NotFound):
        forecast(request("NEW"), now=AS_OF, advance=ignore)
    (said,) = forecast(request("NEW", domain="Healthcare"), now=AS_OF, advance=ignore).items
    assert (said.domain, said.exceptions) == ("Healthcare", 50)
    with pytest.raises(NotFound):
        forecast(request("NEW", domain="Nowhere"), now=AS_OF, advance=ignore)


def test_every_scenario_is_listed() -> None:
    listed = list_scenarios().items
    assert {"default", "minimal", "quiet_week", "quarter_end", "outage", "fifty_tenants", "load"} <= {
        one.name for one in listed
    }
    assert all(one.description and one.exceptions for one in listed)
