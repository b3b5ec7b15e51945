"""Activation: which pair of packs decides for one tenant, and for nobody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound
from sentinai_cli.models.operation import Operation, Outcome
from sentinai_cli.models.pack_version import PackActivated, PackActivation, PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.operation import list_operations
from sentinai_cli.services.pack_activation import activate_pack, activate_packs, active_packs
from sentinai_cli.services.tenant import create_tenant
from sentinai_cli.services.tenant_usage import show_tenant
from tests.conftest import connect
from tests.db.records import EPOCH
from tests.services.packs import TENANT, policy_edition, put, traders, trading_edition, trading_without_cash
from tests.services.rows import unchanged
from tests.unit.packs.document import care


@pytest.fixture
def trade(database: Database) -> Database:
    """Two tenants of the domain Trading, editions 1 and 2 of its pack, and of the first tenant's policy pack."""
    traders(database, TENANT, "TENANT_B")
    put(database, trading_edition(2))
    put(database, policy_edition(1))
    put(database, policy_edition(2))
    return database


@pytest.fixture(scope="module")
def refusing(shared: Database) -> Database:
    """A database in which the policy pack is active and everything else is refused."""
    traders(shared, TENANT, "TENANT_B")
    create_tenant(shared, "STRANGER", name=None, domain="Nothing")
    put(shared, policy_edition(1))
    put(shared, trading_without_cash())
    put(shared, care())
    activate(shared, TENANT, "domain:Trading@1")
    activate(shared, TENANT, f"policy:{TENANT}@1")
    return shared


def activate(database: Database, tenant_id: str, text: str) -> PackActivated:
    return activate_pack(database, tenant_id, PackReference.parse(text))


def pair(activation: PackActivation | None) -> tuple[int, int | None] | None:
    return None if activation is None else (activation.domain_version, activation.policy_version)


def last_operation(database: Database) -> Operation:
    return list_operations(database, limit=1).items[0]


def test_before_the_first_activation_nothing_decides(trade: Database) -> None:
    assert active_packs(trade, TENANT) is None


def test_each_activation_changes_its_half_and_keeps_the_other(trade: Database) -> None:
    steps = [
        ("domain:Trading@1", (1, None)),
        (f"policy:{TENANT}@1", (1, 1)),
        ("domain:Trading", (2, 1)),
        (f"policy:{TENANT}", (2, 2)),
        ("domain:Trading@1", (1, 2)),
    ]
    before = None
    for no, (text, expected) in enumerate(steps, start=1):
        result = activate(trade, TENANT, text)
        assert (result.changed, pair(result.activation), pair(result.previous)) == (True, expected, before)
        assert (result.activation.no, result.activation.activated_by) == (no, "tester")
        assert active_packs(trade, TENANT) == result.activation
        before = expected


def test_a_policy_pack_alone_brings_the_newest_domain_pack_along(trade: Database) -> None:
    assert pair(activate(trade, TENANT, f"policy:{TENANT}@1").activation) == (2, 1)


def test_no_other_tenant_is_touched(trade: Database) -> None:
    other = activate(trade, "TENANT_B", "domain:Trading@1").activation
    activate(trade, TENANT, "domain:Trading@2")
    activate(trade, TENANT, f"policy:{TENANT}")
    assert active_packs(trade, "TENANT_B") == other
    shown = show_tenant(trade, TENANT, now=EPOCH)
    assert (shown.domain_version, shown.policy_version) == (2, 2)


def test_the_pair_that_is_active_already_is_left_alone(trade: Database) -> None:
    first = activate(trade, TENANT, "domain:Trading@2").activation
    again = activate(trade, TENANT, "domain:Trading")
    assert (again.changed, again.activation, again.previous) == (False, first, first)
    assert last_operation(trade).outcome is Outcome.UNCHANGED
    with connect(trade.url) as admin:
        assert admin.execute("SELECT count(*) FROM pack_activation").fetchone() == (1,)


def test_the_journal_has_the_pair_before_and_after(trade: Database) -> None:
    activate(trade, TENANT, "domain:Trading@1")
    entry = last_operation(trade)
    assert (entry.before, entry.after) == ({}, {"domain_version": 1, "policy_version": None})
    activate(trade, TENANT, f"policy:{TENANT}@2")
    entry = last_operation(trade)
    assert (entry.tenant_id, entry.outcome) == (TENANT, Outcome.DONE)
    assert entry.before == {"domain_version": 1, "policy_version": None}
    assert entry.after == {"domain_version": 1, "policy_version": 2}


@pytest.mark.parametrize(
    ("tenant_id", "text", "error", "code"),
    [
        (TENANT, "domain:Trading@2", CheckFailed, "packs_do_not_fit"),
        (TENANT, "domain:Trading", CheckFailed, "packs_do_not_fit"),
        (TENANT, "domain:Care", InvalidInput, "pack_does_not_fit"),
        (TENANT, "policy:TENANT_B", InvalidInput, "pack_does_not_fit"),
        ("TENANT_B", f"policy:{TENANT}@1", InvalidInput, "pack_does_not_fit"),
        (TENANT, "domain:Trading@9", NotFound, "pack_not_found"),
        (TENANT, f"policy:{TENANT}@9", NotFound, "pack_not_found"),
        ("TENANT_B", "policy:TENANT_B", NotFound, "pack_not_found"),
        ("STRANGER", "domain:Nothing", NotFound, "pack_not_found"),
        ("NOPE", "domain:Trading", NotFound, "tenant_not_found"),
    ],
)
def test_what_does_not_fit_or_does_not_exist_is_refused_and_nothing_changes(
    refusing: Database, tenant_id: str, text: str, error: type[Exception], code: str
) -> None:
    with unchanged(refusing.url), pytest.raises(error) as caught:
        activate(refusing, tenant_id, text)
    assert getattr(caught.value, "code", None) == code


def test_a_misfit_is_explained_by_what_does_not_resolve(refusing: Database) -> None:
    with pytest.raises(CheckFailed) as caught:
        activate(refusing, TENANT, "domain:Trading@2")
    assert "CASH_BREAK" in (caught.value.why or "")


def test_activations_at_once_are_numbered_in_a_row_or_are_a_conflict(trade: Database) -> None:
    choices = ["domain:Trading@1", "domain:Trading@2", f"policy:{TENANT}@1", f"policy:{TENANT}@2"] * 3

    def attempt(text: str) -> bool:
        try:
            return activate(trade, TENANT, text).changed
        except Conflict:
            return False

    with ThreadPoolExecutor(6) as pool:
        changes = sum(pool.map(attempt, choices))
    with connect(trade.url) as admin:
        numbers = [row[0] for row in admin.execute("SELECT no FROM pack_activation ORDER BY no").fetchall()]
    assert numbers == list(range(1, changes + 1))
    assert changes >= 1


def test_an_activation_that_decided_on_a_pair_which_is_no_longer_active_is_a_conflict(trade: Database) -> None:
    with pytest.raises(Conflict), trade.begin(TenantScope(TENANT)) as work:
        seen = work.pack_activations.active(TENANT)
        activate(trade, TENANT, "domain:Trading@2")
        work.pack_activations.add(
            TENANT,
            after=seen,
            domain="Trading",
            domain_version=1,
            policy_version=None,
            activated_by="slow",
            reason=None,
        )
    assert pair(active_packs(trade, TENANT)) == (2, None)


def test_across_tenants_a_domain_pack_concerns_the_tenants_of_its_domain(refusing: Database) -> None:
    def concerned(scope: TenantScope | AllTenants, text: str) -> list[tuple[str, tuple[int, int | None] | None]]:
        return [
            (done.activation.tenant_id, pair(done.previous))
            for done in activate_packs(refusing, scope, PackReference.parse(text))
        ]

    assert concerned(AllTenants(), "domain:Trading@1") == [(TENANT, (1, 1)), ("TENANT_B", None)]
    assert concerned(AllTenants(), f"policy:{TENANT}") == [(TENANT, (1, 1))]
    assert concerned(TenantScope("TENANT_B"), "domain:Trading@2") == [("TENANT_B", (1, None))]


@pytest.mark.parametrize(
    ("scope", "text", "error", "code"),
    [
        (AllTenants(), "domain:Care", NotFound, "no_tenant_concerned"),
        (AllTenants(), "domain:Trading@9", NotFound, "pack_not_found"),
        (AllTenants(), "policy:NOPE", NotFound, "pack_not_found"),
        (AllTenants(), "domain:Trading@2", CheckFailed, "packs_do_not_fit"),
        (TenantScope("NOPE"), "domain:Trading", NotFound, "tenant_not_found"),
        (TenantScope("STRANGER"), "domain:Trading", InvalidInput, "pack_does_not_fit"),
    ],
)
def test_an_activation_that_cannot_be_is_refused_before_it_begins(
    refusing: Database, scope: TenantScope | AllTenants, text: str, error: type[Exception], code: str
) -> None:
    with pytest.raises(error) as caught:
        activate_packs(refusing, scope, PackReference.parse(text))
    assert getattr(caught.value, "code", None) == code


def test_the_packs_of_a_tenant_that_does_not_exist_are_an_error(refusing: Database) -> None:
    with pytest.raises(NotFound):
        active_packs(refusing, "NOPE")
