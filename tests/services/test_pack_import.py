"""Importing with activation, as a dry run, and in spite of failing tests: all of it or nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound, Refused
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.pack_impact import PackImpact
from sentinai_cli.models.pack_version import PackImported, PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs.reader import InvalidPack
from sentinai_cli.services.operation import list_operations
from sentinai_cli.services.pack import list_packs
from sentinai_cli.services.pack_activation import activate_pack, active_packs
from sentinai_cli.services.pack_import import Activation, Confirm, import_pack
from sentinai_cli.services.tenant import create_tenant
from tests.conftest import context
from tests.services.conftest import ignore
from tests.services.packs import TENANT, policy_edition, put, traders, trading_edition, trading_without_cash
from tests.services.rows import unchanged
from tests.unit.packs.document import as_bytes, trading

Document = dict[str, Any]


def failing() -> Document:
    pack = trading_edition(7)
    pack["testSuites"][0]["expectedOutput"]["severity"] = "LOW"
    return pack


def agree(_: PackImpact) -> None:
    """Say yes."""


def disagree(_: PackImpact) -> None:
    raise Refused("not_confirmed", "no")


def brought(
    database: Database,
    document: Document,
    scope: TenantScope | AllTenants | None = None,
    *,
    confirm: Confirm = agree,
    **options: Any,
) -> PackImported:
    """Import and activate."""
    activation = Activation(scope=lambda: scope or TenantScope(TENANT), confirm=confirm, advance=ignore)
    return import_pack(database, as_bytes(document), source="pack.json", activation=activation, **options)


@pytest.fixture
def trade(database: Database) -> Database:
    """Two tenants of the domain, for both of which the first edition is active."""
    traders(database, TENANT, "TENANT_B")
    for tenant_id in (TENANT, "TENANT_B"):
        activate_pack(database, tenant_id, PackReference.parse("domain:Trading@1"))
    return database


@pytest.fixture
def reasoned(trade: Database) -> Iterator[Database]:
    """The same, for somebody who gives a reason."""
    opened = Database(trade.url, context=replace(context(), reason="known"))
    yield opened
    opened.close()


@pytest.mark.parametrize("activated", [False, True])
@pytest.mark.parametrize(
    ("document", "reference", "new"),
    [
        (trading_edition(2), "domain:Trading@2", True),
        (trading_edition(1), "domain:Trading@1", False),
        (policy_edition(1), f"policy:{TENANT}@1", True),
    ],
)
def test_a_dry_run_says_what_would_be_and_changes_nothing(
    document: Document, reference: str, new: bool, activated: bool, trade: Database
) -> None:
    with unchanged(trade.url):
        if activated:
            result = brought(trade, document, dry_run=True, confirm=disagree)  # nobody is asked
        else:
            result = import_pack(trade, as_bytes(document), source="pack.json", dry_run=True)
    assert (result.dry_run, result.imported, result.reference, result.activated) == (True, new, reference, ())
    assert (result.impact is not None) == activated
    done = brought(trade, document) if activated else put(trade, document)
    assert (done.reference, done.imported, done.checksum) == (result.reference, new, result.checksum)


def test_what_is_imported_decides_at_once_and_both_are_journalled(trade: Database) -> None:
    result = brought(trade, trading_edition(2), note="second")
    assert [one.activation.tenant_id for one in result.activated] == [TENANT]
    assert result.impact is not None
    active = active_packs(trade, TENANT)
    assert active is not None
    assert active.domain_version == 2
    entries = list_operations(trade, limit=2).items
    assert {entry.tenant_id: dict(entry.after) for entry in entries} == {
        None: {"pack": "domain:Trading@2", "checksum": result.checksum},
        TENANT: {"domain_version": 2, "policy_version": None},
    }
    other = active_packs(trade, "TENANT_B")
    assert other is not None
    assert other.domain_version == 1


def test_every_tenant_of_the_domain_gets_it_when_asked_for_all(trade: Database) -> None:
    create_tenant(trade, "STRANGER", name=None, domain="Nothing")
    result = brought(trade, trading_edition(2), AllTenants())
    assert [one.activation.tenant_id for one in result.activated] == [TENANT, "TENANT_B"]


def test_a_policy_pack_is_activated_for_its_own_tenant_whatever_the_scope(trade: Database) -> None:
    result = brought(trade, policy_edition(1), AllTenants())
    assert [one.activation.tenant_id for one in result.activated] == [TENANT]


def test_content_that_is_stored_and_active_already_changes_no_version(trade: Database) -> None:
    again = brought(trade, trading_edition(1))
    assert (again.imported, again.reference, [one.changed for one in again.activated]) == (
        False,
        "domain:Trading@1",
        [False],
    )
    assert {entry.outcome for entry in list_operations(trade, limit=2).items} == {Outcome.UNCHANGED}
    assert len(list_packs(trade, AllTenants()).items) == 1


@pytest.mark.parametrize(
    ("document", "scope", "error", "code"),
    [
        (trading_edition(2), TenantScope("NOPE"), NotFound, "tenant_not_found"),
        (trading_edition(2), TenantScope("STRANGER"), InvalidInput, "pack_does_not_fit"),
        (trading_without_cash(), TenantScope(TENANT), CheckFailed, "packs_do_not_fit"),
        (trading_without_cash(), AllTenants(), CheckFailed, "packs_do_not_fit"),
        (failing(), TenantScope(TENANT), CheckFailed, "pack_tests_failed"),
        (trading() | {"x": 1}, TenantScope(TENANT), InvalidPack, "invalid_pack"),
        (policy_edition(2, tenant_id="NOPE"), None, NotFound, "tenant_not_found"),
        (trading() | {"domainName": "Elsewhere"}, AllTenants(), NotFound, "no_tenant_concerned"),
    ],
    ids=["no tenant", "stranger", "misfit", "misfit of one", "failing tests", "no pack", "nobody's", "nowhere"],
)
def test_what_cannot_be_activated_is_not_stored_either(
    document: Document, scope: TenantScope | AllTenants | None, error: type[Exception], code: str, trade: Database
) -> None:
    create_tenant(trade, "STRANGER", name=None, domain="Nothing")
    put(trade, policy_edition(1))
    activate_pack(trade, TENANT, PackReference.parse(f"policy:{TENANT}"))
    with unchanged(trade.url), pytest.raises(error) as caught:
        brought(trade, document, scope)
    assert getattr(caught.value, "code", None) == code


def test_a_no_after_the_impact_leaves_everything_as_it_was(trade: Database) -> None:
    with unchanged(trade.url), pytest.raises(Refused):
        brought(trade, trading_edition(2), confirm=disagree)


def test_what_became_active_while_somebody_thought_it_over_is_a_conflict_and_nothing_is_stored(
    trade: Database,
) -> None:
    put(trade, trading_edition(3))

    def meanwhile(_: PackImpact) -> None:
        activate_pack(trade, TENANT, PackReference.parse("domain:Trading@2"))

    with pytest.raises(Conflict) as caught:
        brought(trade, trading_edition(9), confirm=meanwhile)
    assert caught.value.code == "activated_meanwhile"
    assert [pack.version for pack in list_packs(trade, AllTenants()).items] == [2, 1]
    active = active_packs(trade, TENANT)
    assert active is not None
    assert active.domain_version == 2


def test_failing_tests_are_allowed_with_a_reason_and_counted_in_the_journal(reasoned: Database) -> None:
    result = import_pack(reasoned, as_bytes(failing()), source="pack.json", allow_failing_tests=True)
    assert (result.imported, result.failing_tests) == (True, 1)
    entry = list_operations(reasoned, limit=1).items[0]
    assert (entry.reason, entry.after["failing_tests"]) == ("known", 1)


def test_failing_tests_without_a_reason_are_refused(trade: Database) -> None:
    with unchanged(trade.url), pytest.raises(InvalidInput) as caught:
        import_pack(trade, as_bytes(failing()), source="pack.json", allow_failing_tests=True)
    assert caught.value.code == "reason_needed"


def test_allowing_failing_tests_of_a_pack_that_has_none_needs_no_reason(trade: Database) -> None:
    result = import_pack(trade, as_bytes(trading_edition(2)), source="pack.json", allow_failing_tests=True)
    assert (result.imported, result.failing_tests) == (True, 0)
