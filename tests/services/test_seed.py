"""Seeding: the same run gives the same data, once, whoever repeats it and however much of it was there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, InvalidInput, NotFound, Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event_hash import chain_hash, event_leaf
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.seed import SeedRequest, SeedResult, SeedRunResult
from sentinai_cli.services.environment import set_environment
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.operation import list_operations
from sentinai_cli.services.pack_activation import activate_pack
from sentinai_cli.services.seed import seed
from sentinai_cli.services.seed_verify import verify_run
from sentinai_cli.services.tenant import create_tenant
from tests.conftest import connect, context, fresh_database, quiet
from tests.db.records import stored
from tests.services.conftest import AS_OF, ignore, request
from tests.services.packs import put, traders, trading_edition
from tests.services.rows import Rows, seeded, unchanged

FINANCE, HEALTHCARE = "TENANT_FINANCE_001", "TENANT_HEALTHCARE_042"
LATER = AS_OF + timedelta(days=1)


def run(database: Database, chosen: SeedRequest, *, now: datetime = AS_OF) -> SeedResult:
    return seed(database, chosen, embedded=False, now=now, say=quiet, advance=ignore)


def run_one(database: Database, chosen: SeedRequest, *, now: datetime = AS_OF) -> SeedRunResult:
    (only,) = run(database, chosen, now=now).items
    return only


def exceptions(rows: Rows) -> dict[object, dict[str, object]]:
    return {row["exception_id"]: row for row in rows["exception"]}


def test_both_sample_tenants_get_what_the_scenario_says(untouched: Database) -> None:
    again = run(untouched, request())
    assert [(one.tenant_id, one.domain, one.requested) for one in again.items] == [
        (FINANCE, "Finance", 50),
        (HEALTHCARE, "Healthcare", 50),
    ]
    with connect(untouched.url) as admin:
        counted = admin.execute(
            "SELECT tenant_id, count(*), count(DISTINCT type), count(DISTINCT status) > 2, max(created_at) <= %s"
            " FROM exception GROUP BY 1 ORDER BY 1",
            [AS_OF],
        ).fetchall()
    assert counted == [(FINANCE, 50, 7, True, True), (HEALTHCARE, 50, 6, True, True)]


def test_the_same_run_again_inserts_nothing_and_has_the_same_digest(seeded_database: Database) -> None:
    before = seeded(seeded_database.url)
    first = run(seeded_database, request(as_of=AS_OF))
    later = run(seeded_database, request(), now=LATER)
    assert [(one.inserted, one.existing) for one in later.items] == [(0, 50), (0, 50)]
    assert [one.digest for one in later.items] == [one.digest for one in first.items]
    assert {one.as_of for one in later.items} == {AS_OF}
    assert seeded(seeded_database.url) == before
    entries = list_operations(seeded_database, limit=4).items
    assert {entry.outcome for entry in entries} == {Outcome.UNCHANGED}


def test_what_is_journalled_is_what_was_done(seeded_database: Database) -> None:
    made = run_one(seeded_database, request(FINANCE, count=55))
    entry = list_operations(seeded_database, limit=1).items[0]
    assert (entry.tenant_id, entry.outcome) == (FINANCE, Outcome.DONE)
    assert entry.after == {"run": made.identity, "records": 55, "inserted": 5, "digest": made.digest}


def test_a_larger_count_extends_what_is_there(seeded_database: Database, url: DatabaseUrl) -> None:
    before = exceptions(seeded(seeded_database.url))
    longer = run_one(seeded_database, request(FINANCE, count=100), now=LATER)
    assert (longer.requested, longer.inserted, longer.existing) == (100, 50, 50)
    after = exceptions(seeded(seeded_database.url))
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 50

    at_once = Database(url, context=context())
    whole = run_one(at_once, request(FINANCE, count=100, as_of=AS_OF))
    run(at_once, request(HEALTHCARE, as_of=AS_OF))
    at_once.close()
    assert whole.digest == longer.digest
    assert seeded(url) == seeded(seeded_database.url)


def test_a_smaller_count_removes_nothing_and_its_digest_is_that_of_its_records(seeded_database: Database) -> None:
    before = seeded(seeded_database.url)
    fewer = run_one(seeded_database, request(FINANCE, count=20))
    assert (fewer.requested, fewer.inserted, fewer.existing) == (20, 0, 20)
    assert seeded(seeded_database.url) == before
    assert fewer.digest != run_one(seeded_database, request(FINANCE)).digest


def test_another_seed_number_is_another_run_beside_the_first(seeded_database: Database) -> None:
    before = exceptions(seeded(seeded_database.url))
    other = run_one(seeded_database, request(FINANCE, number=2, count=10), now=LATER)
    assert (other.inserted, other.as_of) == (10, LATER)
    after = exceptions(seeded(seeded_database.url))
    new = after.keys() - before.keys()
    assert len(new) == 10
    assert all(str(name).startswith(other.prefix) for name in new)
    assert {name: after[name] for name in before} == before


def test_other_packs_are_another_run(seeded_database: Database) -> None:
    first = run_one(seeded_database, request(FINANCE))
    create_tenant(seeded_database, "OTHER", name=None, domain="Finance")
    activate_pack(seeded_database, "OTHER", PackReference.parse("domain:Finance"))
    assert run_one(seeded_database, request("OTHER", count=3)).identity != first.identity


def test_an_explicit_other_moment_is_a_conflict_and_changes_nothing(untouched: Database) -> None:
    with unchanged(untouched.url), pytest.raises(Conflict) as caught:
        run(untouched, request(FINANCE, as_of=LATER))
    assert caught.value.code == "seed_run_exists"
    assert AS_OF.isoformat() in (caught.value.why or "")
    assert (caught.value.fix or "").endswith("--new-run")


def test_the_same_data_can_be_there_as_of_two_moments_and_each_is_repeatable(seeded_database: Database) -> None:
    first = run_one(seeded_database, request(FINANCE))
    wanted = request(FINANCE, as_of=LATER).model_copy(update={"new_run": True})
    second, again = run_one(seeded_database, wanted), run_one(seeded_database, wanted)
    assert (second.as_of, second.inserted, again.inserted) == (LATER, 50, 0)
    assert second.identity == again.identity != first.identity
    verified = verify_run(seeded_database, AllTenants(), second.prefix, advance=ignore)
    assert verified.failed == 0, [check for check in verified.items if not check.passed]


def test_a_run_says_what_it_is_made_of(database: Database) -> None:
    made = run_one(database, request(FINANCE, count=80, as_of=AS_OF))
    with connect(database.url) as admin:
        counted: dict[str, dict[str, int]] = {
            column: dict(admin.execute(f"SELECT {column}, count(*) FROM exception GROUP BY 1").fetchall())
            for column in ("type", "severity", "status")
        }
        events = admin.execute("SELECT count(*) FROM exception_event").fetchone()
    assert (made.by_type, made.by_severity, made.by_status) == tuple(counted.values())
    assert events == (made.events,)
    assert list(made.by_type.values()) == sorted(made.by_type.values(), reverse=True)
    assert run_one(database, request(FINANCE, count=80)).by_type == {}


def test_the_same_moment_in_another_zone_or_with_a_fraction_is_the_same(untouched: Database) -> None:
    elsewhere = datetime.fromisoformat("2026-03-04T21:00:00.750+05:30")
    assert elsewhere.astimezone(UTC).replace(microsecond=0) == AS_OF
    assert run_one(untouched, request(FINANCE, as_of=elsewhere)).inserted == 0


def test_a_production_database_is_not_seeded(seeded_database: Database) -> None:
    set_environment(seeded_database, Environment.PRODUCTION)
    with unchanged(seeded_database.url), pytest.raises(Refused) as caught:
        run(seeded_database, request(FINANCE, count=100))
    assert caught.value.code == "production_protected"


@pytest.mark.parametrize(
    ("chosen", "error", "code"),
    [
        (request(scenario="nowhere"), NotFound, "unknown_scenario"),
        (request("NOPE"), NotFound, "tenant_not_found"),
        (request("NOPE", domain="Nothing"), NotFound, "pack_not_found"),
        (request(FINANCE, number=2**53), InvalidInput, "invalid_seed"),
        (request(FINANCE, number=3, as_of=datetime(1999, 1, 1, tzinfo=UTC)), InvalidInput, "invalid_as_of"),
    ],
)
def test_what_cannot_be_seeded_is_one_error_and_no_change(
    untouched: Database, chosen: SeedRequest, error: type[Exception], code: str
) -> None:
    with unchanged(untouched.url), pytest.raises(error) as caught:
        run(untouched, chosen)
    assert getattr(caught.value, "code", None) == code


def test_runs_at_once_make_one_runs_data(server: DatabaseUrl, samples: str, seeded_database: Database) -> None:
    chosen = request(FINANCE, count=120)

    def attempt(_: int) -> SeedRunResult:
        database = Database(seeded_database.url, context=context())
        try:
            return run_one(database, chosen, now=LATER)
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(attempt, range(4)))
    assert sum(one.inserted for one in results) == 70
    assert len({one.digest for one in results}) == 1
    with fresh_database(server, samples) as alone:
        database = Database(alone, context=context())
        run(database, chosen, now=LATER)
        database.close()
        assert seeded(alone) == seeded(seeded_database.url)


def test_runs_at_once_of_different_length_end_as_the_longest(seeded_database: Database) -> None:
    def attempt(count: int) -> SeedRunResult:
        return run_one(seeded_database, request(FINANCE, number=5, count=count))

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(attempt, (60, 15, 45, 30)))
    assert sum(one.inserted for one in results) == 60
    with connect(seeded_database.url) as admin:
        assert admin.execute("SELECT state, records, digest FROM seed_run WHERE seed = 5").fetchall() == [
            ("complete", 60, results[0].digest)
        ]


def test_a_run_that_ends_after_a_longer_one_does_not_shorten_it(seeded_database: Database) -> None:
    made = run_one(seeded_database, request(FINANCE))
    with seeded_database.begin(TenantScope(FINANCE)) as work:
        before = work.seeds.get(FINANCE, made.identity)
        assert before is not None
        work.seeds.finish(before, records=30, digest="0" * 64, at=LATER)
        assert work.seeds.get(FINANCE, made.identity) == before


def test_an_exception_that_an_operator_resolved_stays_as_it_is(seeded_database: Database) -> None:
    moved = f"{run_one(seeded_database, request(FINANCE)).prefix}-000007"
    resolve(seeded_database, moved)
    before = stored(seeded_database, AllTenants(), moved)
    digest = run_one(seeded_database, request(FINANCE)).digest
    assert run_one(seeded_database, request(FINANCE, count=60)).inserted == 10
    assert run_one(seeded_database, request(FINANCE)).digest == digest
    after = stored(seeded_database, AllTenants(), moved)
    assert after == before
    assert (after.owner, after.events[-1].actor_id) == ("maria", "maria")
    assert verify_events(seeded_database, AllTenants(), advance=ignore).broken == 0


def resolve(database: Database, exception_id: str) -> None:
    """Change the owner by an event, as an operator does."""
    with database.begin(TenantScope(FINANCE)) as work:
        row = work.exceptions.get(FINANCE, exception_id)
        assert row is not None
        at, number = row["updated_at"] + timedelta(hours=1), row["last_event_no"] + 1
        payload: dict[str, object] = {"before": row["owner"], "after": "maria"}
        leaf = event_leaf(
            tenant_id=FINANCE,
            exception_id=exception_id,
            event_id=UUID(int=7),
            event_type="OwnerChanged",
            actor_type="user",
            actor_id="maria",
            payload=payload,
            created_at=at,
        )
        head = {"at": at, "no": number, "hash": chain_hash(row["last_event_hash"], number, leaf), "id": exception_id}
        work.connection.execute(
            text(
                "UPDATE exception SET owner = 'maria', updated_at = :at, last_event_no = :no, last_event_hash = :hash"
                " WHERE exception_id = :id"
            ),
            head,
        )
        work.connection.execute(
            text(
                "INSERT INTO exception_event (tenant_id, exception_id, event_no, event_id, event_type, actor_type,"
                " actor_id, payload, created_at, leaf, hash) VALUES (:tenant, :id, :no, :event, 'OwnerChanged',"
                " 'user', 'maria', jsonb_build_object('before', CAST(:before AS text), 'after', 'maria'), :at, :leaf,"
                " :hash)"
            ),
            head | {"tenant": FINANCE, "event": UUID(int=7), "before": row["owner"], "leaf": leaf},
        )


def test_a_domain_without_a_recipe_is_seeded_from_its_own_pack(database: Database) -> None:
    traders(database, "TENANT_A")
    made = run_one(database, request("TENANT_A", count=30))
    assert (made.domain, made.inserted) == ("Trading", 30)
    with connect(database.url) as admin:
        found = admin.execute("SELECT DISTINCT type, severity FROM exception ORDER BY 1, 2").fetchall()
    assert {row[0] for row in found} == {"SETTLEMENT_FAIL", "CASH_BREAK"}
    assert ("SETTLEMENT_FAIL", "high") in found
    assert verify_events(database, AllTenants(), advance=ignore).broken == 0
    assert run_one(database, request("TENANT_A", count=30), now=LATER).inserted == 0


def test_a_tenant_that_the_scenario_does_not_name_gets_fifty(database: Database) -> None:
    put(database, trading_edition(1))
    made = run_one(database, request("NEW", domain="Trading"))
    assert (made.tenant_id, made.requested, made.inserted) == ("NEW", 50, 50)
