"""Tenants are made once, under an id that nobody else has in any spelling."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, InvalidInput
from sentinai_cli.models.operation import Operation, Outcome
from sentinai_cli.models.tenant import Tenant, TenantStatus
from sentinai_cli.services.operation import list_operations
from sentinai_cli.services.tenant import create_tenant, list_tenants, tenant_ids
from tests.services.rows import unchanged


@pytest.fixture(scope="module")
def acme(shared: Database) -> Tenant:
    """The only tenant of a database in which everything else is refused."""
    return create_tenant(shared, "ACME", name="Acme & Sons", domain="Finance").tenant


def last_operation(database: Database) -> Operation:
    return list_operations(database, limit=1).items[0]


def test_a_tenant_is_made_active_and_entered_in_the_journal(database: Database) -> None:
    result = create_tenant(database, "ACME", name="Acme & Sons", domain="Finance")
    made = result.tenant
    assert result.created
    assert (made.tenant_id, made.name, made.domain, made.status) == (
        "ACME",
        "Acme & Sons",
        "Finance",
        TenantStatus.ACTIVE,
    )
    entry = last_operation(database)
    assert (entry.tenant_id, entry.outcome, entry.after) == ("ACME", Outcome.DONE, {"domain": "Finance"})
    assert (entry.command, entry.actor) == ("test", "tester")


def test_without_a_name_the_id_is_the_name(database: Database) -> None:
    assert create_tenant(database, "ACME", name=None, domain="Finance").tenant.name == "ACME"


@pytest.mark.parametrize("tenant_id", ["ACME", "acme", "aCmE"])
@pytest.mark.parametrize("if_not_exists", [False, True])
def test_an_id_that_is_taken_in_any_letter_case_is_a_conflict(
    shared: Database, acme: Tenant, tenant_id: str, if_not_exists: bool
) -> None:
    with unchanged(shared.url), pytest.raises(Conflict) as caught:
        create_tenant(shared, tenant_id, name="Other", domain="Finance", if_not_exists=if_not_exists)
    assert caught.value.code == "tenant_exists"
    assert acme.tenant_id in caught.value.what


@pytest.mark.parametrize("name", [None, "Acme & Sons"])
def test_if_not_exists_says_truthfully_that_it_was_there(shared: Database, acme: Tenant, name: str | None) -> None:
    again = create_tenant(shared, "ACME", name=name, domain="Finance", if_not_exists=True)
    assert not again.created
    assert again.tenant == acme
    assert last_operation(shared).outcome is Outcome.UNCHANGED


@pytest.mark.parametrize(
    ("tenant_id", "name", "domain"),
    [("acme", None, "Finance"), ("ACME", "Somebody else", "Finance"), ("ACME", None, "Healthcare")],
    ids=["other letter case", "other name", "other domain"],
)
def test_if_not_exists_does_not_pass_off_another_tenant_as_the_one_asked_for(
    shared: Database, acme: Tenant, tenant_id: str, name: str | None, domain: str
) -> None:
    assert (tenant_id, name or acme.name, domain) != (acme.tenant_id, acme.name, acme.domain)
    with unchanged(shared.url), pytest.raises(Conflict):
        create_tenant(shared, tenant_id, name=name, domain=domain, if_not_exists=True)


@pytest.mark.parametrize(
    "tenant_id",
    ["", " ", "-A", ".A", "_A", "A B", "A/B", "A'B", "Ä", "A\n", "A\0", "A\u202eB", "\udcff", "A" * 65],
)
def test_what_cannot_be_a_tenant_id_is_refused(shared: Database, tenant_id: str) -> None:
    with unchanged(shared.url), pytest.raises(InvalidInput) as caught:
        create_tenant(shared, tenant_id, name=None, domain="Finance")
    assert caught.value.code == "invalid_tenant_id"


def test_the_longest_and_the_strangest_id_work(database: Database) -> None:
    for tenant_id in ("A" * 64, "0", "a.b-c_D"):
        assert create_tenant(database, tenant_id, name=None, domain="Finance").created
    assert tenant_ids(database) == ["0", "A" * 64, "a.b-c_D"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 201, "a\0b", "a\udcffb"])
@pytest.mark.parametrize("field", ["name", "domain"])
def test_a_name_or_domain_that_cannot_be_stored_is_refused(shared: Database, field: str, text: str) -> None:
    values = {"name": "Acme", "domain": "Finance", field: text}
    with unchanged(shared.url), pytest.raises(InvalidInput) as caught:
        create_tenant(shared, "OTHER", name=values["name"], domain=values["domain"])
    if text.isprintable():
        assert caught.value.code == "invalid_tenant"
        assert field in caught.value.what
    else:
        assert caught.value.code == "invalid_text"


@pytest.mark.parametrize("if_not_exists", [False, True])
def test_of_many_who_create_one_tenant_at_once_one_does(database: Database, if_not_exists: bool) -> None:
    def attempt(_: int) -> bool | Conflict:
        try:
            return create_tenant(database, "ACME", name=None, domain="Finance", if_not_exists=if_not_exists).created
        except Conflict as error:
            return error

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    assert outcomes.count(True) == 1
    assert tenant_ids(database) == ["ACME"]


def test_tenants_are_listed_by_id_in_code_point_order(database: Database) -> None:
    for tenant_id in ("b", "A", "a1", "B2"):
        create_tenant(database, tenant_id, name=None, domain="Finance")
    listed = list_tenants(database)
    assert [tenant.tenant_id for tenant in listed.items] == ["A", "B2", "a1", "b"]
    assert (listed.page.has_more, listed.page.total) == (False, 4)
