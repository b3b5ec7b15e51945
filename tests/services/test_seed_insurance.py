"""A domain that has packs and no recipe of its own is seeded like any other."""

import json
from collections.abc import Iterator

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.pack_version import PackKind
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.seed import SeedRequest, SeedRunResult
from sentinai_cli.resources import bundled
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.sample import sample_packs
from sentinai_cli.services.seed import seed
from sentinai_cli.services.seed_verify import verify_run
from tests.conftest import connect, context, fresh_database, quiet
from tests.services.conftest import AS_OF, ignore, request
from tests.services.rows import seeded

TENANT = "TENANT_INSURANCE_107"
COUNT = 120
CHOSEN = request(TENANT, domain="Insurance", count=COUNT, as_of=AS_OF)


def run(database: Database, chosen: SeedRequest = CHOSEN) -> SeedRunResult:
    (only,) = seed(database, chosen, embedded=False, now=AS_OF, say=quiet, advance=ignore).items
    return only


@pytest.fixture(scope="module")
def first(server: DatabaseUrl, template: str) -> Iterator[tuple[Database, SeedRunResult]]:
    """A development database with this tenant's exceptions, and what seeding said."""
    with fresh_database(server, template) as made:
        database = Database(made, context=context("seed"))
        yield database, run(database)
        database.close()


def test_the_domain_has_packs_and_no_recipe() -> None:
    assert not (bundled("seeds") / "recipes" / "insurance.json").exists()
    assert {(PackKind.DOMAIN, "Insurance"), (PackKind.POLICY, TENANT)} <= sample_packs().keys()


def test_the_tenant_its_packs_and_every_exception_are_there(first: tuple[Database, SeedRunResult]) -> None:
    database, made = first
    assert (made.tenant_id, made.domain, made.requested, made.inserted, made.existing) == (
        TENANT,
        "Insurance",
        COUNT,
        COUNT,
        0,
    )
    with database.begin(TenantScope(TENANT), read_only=True) as work:
        active = work.pack_activations.active(TENANT)
    assert active is not None
    assert (active.domain, active.domain_version, active.policy_version) == ("Insurance", 1, 1)


def test_every_type_of_the_pack_occurs_with_more_than_one_status_and_severity(
    first: tuple[Database, SeedRunResult],
) -> None:
    _, data = sample_packs()[PackKind.DOMAIN, "Insurance"]
    with connect(first[0].url) as admin:
        rows = admin.execute("SELECT type, status, severity, domain, tenant_id FROM exception").fetchall()
    assert {row[0] for row in rows} == set(json.loads(data)["exceptionTypes"])
    assert len({row[1] for row in rows}) > 2
    assert len({row[2] for row in rows}) > 2
    assert {row[3:] for row in rows} == {("Insurance", TENANT)}


def test_its_events_are_intact_and_make_the_rows_that_are_stored(first: tuple[Database, SeedRunResult]) -> None:
    checked = verify_events(first[0], TenantScope(TENANT), advance=ignore, workers=1, folded=True)
    assert (checked.exceptions, checked.broken, checked.breaks) == (COUNT, 0, ())


def test_its_run_holds_what_seeding_promises(first: tuple[Database, SeedRunResult]) -> None:
    database, made = first
    result = verify_run(database, TenantScope(TENANT), made.prefix, advance=ignore)
    assert [check for check in result.items if not check.passed] == []
    assert (result.failed, result.records, result.digest) == (0, COUNT, made.digest)


def test_seeding_it_again_inserts_nothing(first: tuple[Database, SeedRunResult]) -> None:
    database, made = first
    before = seeded(database.url)
    again = run(database)
    assert (again.inserted, again.existing, again.digest) == (0, COUNT, made.digest)
    assert seeded(database.url) == before


def test_another_database_gets_the_same_rows(first: tuple[Database, SeedRunResult], database: Database) -> None:
    assert run(database).digest == first[1].digest
    assert seeded(database.url) == seeded(first[0].url)
