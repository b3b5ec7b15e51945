"""What seeding makes unasked: everything on an empty embedded database, the samples in development, else nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migration_script import head
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound
from sentinai_cli.models.database import Environment
from sentinai_cli.models.pack_version import PackKind
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.models.seed import SeedRequest, SeedResult
from sentinai_cli.services.environment import set_environment
from sentinai_cli.services.pack import list_packs
from sentinai_cli.services.pack_activation import active_packs
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.sample import sample_packs
from sentinai_cli.services.seed import seed
from sentinai_cli.services.tenant import create_tenant, list_tenants
from tests.conftest import connect, context
from tests.services.conftest import AS_OF, ignore, request
from tests.services.packs import policy_edition, put, traders
from tests.services.rows import everything, unchanged

FINANCE, HEALTHCARE = "TENANT_FINANCE_001", "TENANT_HEALTHCARE_042"


def run(database: Database, chosen: SeedRequest, *, embedded: bool = False) -> tuple[SeedResult, list[str]]:
    said: list[str] = []
    result = seed(database, chosen, embedded=embedded, now=AS_OF, say=said.append, advance=ignore)
    return result, said


def test_an_empty_embedded_database_is_made_ready_and_told_about(empty: Database) -> None:
    result, said = run(empty, request(), embedded=True)
    assert [one.inserted for one in result.items] == [50, 50]
    assert said == [
        f"migrated the database to revision {head()}",
        f"created the tenant {FINANCE}, domain Finance",
        "imported finance.sample.json as domain:Finance@1",
        "imported tenant_finance_001.policy.sample.json as policy:TENANT_FINANCE_001@1",
        f"activated policy:{FINANCE} for {FINANCE}",
        f"created the tenant {HEALTHCARE}, domain Healthcare",
        "imported healthcare.sample.json as domain:Healthcare@1",
        "imported tenant_healthcare_042.policy.sample.json as policy:TENANT_HEALTHCARE_042@1",
        f"activated policy:{HEALTHCARE} for {HEALTHCARE}",
    ]
    names = {tenant.tenant_id: tenant.name for tenant in list_tenants(empty).items}
    assert names == {FINANCE: "Harbour & Vale Securities", HEALTHCARE: "Larkfield Health Network"}
    assert run(empty, request(), embedded=True)[1] == []


@pytest.mark.parametrize("state", ["empty", "foreign"])
def test_any_other_database_without_the_schema_is_told_to_migrate(empty: Database, state: str) -> None:
    if state == "foreign":
        with connect(empty.url) as admin:
            admin.execute("CREATE TABLE theirs (id int)")
    with unchanged(empty.url), pytest.raises(CheckFailed) as caught:
        run(empty, request())
    assert (caught.value.code, caught.value.fix) == ("schema_behind", "sentinai migrate")
    assert state in caught.value.what


def test_a_foreign_embedded_database_is_not_touched(empty: Database) -> None:
    with connect(empty.url) as admin:
        admin.execute("CREATE TABLE theirs (id int)")
    with unchanged(empty.url), pytest.raises(CheckFailed) as caught:
        run(empty, request(), embedded=True)
    assert caught.value.code == "foreign_database"


@pytest.mark.parametrize("tenant_id", ["NOPE", FINANCE.lower()])
def test_an_unknown_tenant_is_not_made_up(shared: Database, tenant_id: str) -> None:
    with unchanged(shared.url), pytest.raises(NotFound) as caught:
        run(shared, request(tenant_id))
    assert caught.value.code == "tenant_not_found"


def test_an_unknown_tenant_is_made_when_its_domain_is_said(database: Database) -> None:
    result, said = run(database, request("ACME", domain="Finance", count=5))
    assert result.items[0].inserted == 5
    assert said[0] == "created the tenant ACME, domain Finance"
    assert said[-1] == "activated domain:Finance for ACME"
    active = active_packs(database, "ACME")
    assert active is not None
    assert (active.domain_version, active.policy_version) == (1, None)


@pytest.mark.parametrize("tenant_id", ["ACME", FINANCE], ids=["made before", "of the scenario"])
def test_a_tenant_of_another_domain_than_is_said_is_refused(shared: Database, tenant_id: str) -> None:
    create_tenant(shared, "ACME", name=None, domain="Finance", if_not_exists=True)
    with unchanged(shared.url), pytest.raises(InvalidInput) as caught:
        run(shared, request(tenant_id, domain="Healthcare", count=1))
    assert caught.value.code == "another_domain"


def test_packs_that_are_active_already_are_left_alone(database: Database) -> None:
    traders(database, "TENANT_A")
    put(database, policy_edition(1))
    assert run(database, request("TENANT_A", count=5))[1] == ["activated policy:TENANT_A for TENANT_A"]
    before = active_packs(database, "TENANT_A")
    put(database, policy_edition(2))
    assert run(database, request("TENANT_A", count=5))[1] == []
    assert active_packs(database, "TENANT_A") == before


def test_outside_development_no_sample_is_made(database: Database) -> None:
    set_environment(database, Environment.STAGING)
    with unchanged(database.url), pytest.raises(NotFound) as caught:
        run(database, request())
    assert caught.value.code == "tenant_not_found"
    create_tenant(database, FINANCE, name=None, domain="Finance")
    with unchanged(database.url), pytest.raises(NotFound) as caught:
        run(database, request(FINANCE))
    assert (caught.value.code, caught.value.fix) == ("pack_not_found", "sentinai packs import FILE")
    assert list_packs(database, AllTenants()).items == ()


def test_outside_development_a_tenant_with_packs_is_seeded(database: Database) -> None:
    set_environment(database, Environment.STAGING)
    create_tenant(database, FINANCE, name=None, domain="Finance")
    source, data = sample_packs()[PackKind.DOMAIN, "Finance"]
    import_pack(database, data, source=source)
    result, said = run(database, request(FINANCE, count=5))
    assert (result.items[0].inserted, said) == (5, [f"activated domain:Finance for {FINANCE}"])


def test_many_who_seed_an_untouched_database_at_once_make_what_one_makes(database: Database) -> None:
    def attempt(_: int) -> bool:
        try:
            run(database, request(as_of=AS_OF, count=20))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(attempt, range(4)))
    assert any(done)
    run(database, request(as_of=AS_OF, count=20))
    rows = everything(database.url)
    assert {name: len(rows[name]) for name in ("tenant", "domain_pack_version", "pack_activation", "exception")} == {
        "tenant": 2,
        "domain_pack_version": 2,
        "pack_activation": 2,
        "exception": 40,
    }


def test_two_first_runs_at_once_on_an_untouched_database_both_succeed_and_each_thing_is_made_once(
    empty: Database,
) -> None:
    said: list[str] = []

    def first(_: int) -> list[int]:
        database = Database(empty.url, context=context("seed"))
        chosen = request(as_of=AS_OF, count=20)
        made = seed(database, chosen, embedded=True, now=AS_OF, say=said.append, advance=ignore)
        database.close()
        return [one.inserted for one in made.items]

    with ThreadPoolExecutor(2) as pool:
        inserted = list(pool.map(first, range(2)))
    assert [sum(each) for each in zip(*inserted, strict=True)] == [20, 20]
    for note in ("migrated the database", f"created the tenant {FINANCE}", f"created the tenant {HEALTHCARE}"):
        assert sum(one.startswith(note) for one in said) == 1
