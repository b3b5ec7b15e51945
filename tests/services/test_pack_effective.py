"""The merged packs of a tenant: each value with who sets it, and where it can be looked up."""

from typing import Any

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import NotFound
from sentinai_cli.models.pack_effective import EffectiveValue, PackLayer
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.services.pack import show_pack
from sentinai_cli.services.pack_activation import activate_pack
from sentinai_cli.services.pack_effective import effective_packs
from tests.services.packs import TENANT, policy_edition, put, traders
from tests.services.rows import unchanged


@pytest.fixture(scope="module")
def trade(shared: Database) -> Database:
    """One tenant with both packs, one with the domain pack alone, one with nothing active."""
    traders(shared, TENANT, "PLAIN", "IDLE")
    put(shared, policy_edition(1))
    activate_pack(shared, TENANT, PackReference.parse(f"policy:{TENANT}"))
    activate_pack(shared, "PLAIN", PackReference.parse("domain:Trading"))
    return shared


def explained(database: Database, tenant_id: str) -> dict[str, EffectiveValue]:
    return {value.name: value for value in effective_packs(database, tenant_id, explain=True).items}


def looked_up(document: Any, place: str) -> Any:
    """What a JSON pointer leads to."""
    for step in place.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def test_every_value_that_a_pack_sets_can_be_looked_up_there(trade: Database) -> None:
    values = explained(trade, TENANT).values()
    compared = []
    assert {value.layer for value in values} == set(PackLayer)
    for value in values:
        assert (value.pack is None) == (value.layer is PackLayer.DEFAULT)
        if value.pack is None or value.place is None:
            continue
        found = looked_up(show_pack(trade, AllTenants(), PackReference.parse(value.pack)).pack, value.place)
        if value.name.endswith(("/severity", "/timeoutSeconds", "/maxRetries", "/humanApprovalThreshold")):
            compared.append(value.name)
            assert value.value in (found, found["severity"] if isinstance(found, dict) else found)
    assert len(compared) == 4


def test_what_a_policy_takes_the_place_of_is_what_holds_without_it(trade: Database) -> None:
    own, plain = explained(trade, TENANT), explained(trade, "PLAIN")
    replaced = {name for name, value in own.items() if value.layer is PackLayer.POLICY and name in plain}
    assert {name: own[name].instead_of for name in replaced} == {name: plain[name].value for name in replaced}
    assert own["/exceptionTypes/CASH_BREAK/severity"].value == "critical"
    assert own["/exceptionTypes/CASH_BREAK/severity"].pack == f"policy:{TENANT}@1"
    kept = plain.keys() - replaced
    assert {name: own[name] for name in kept} == {name: plain[name] for name in kept}


def test_without_a_policy_pack_no_value_is_of_one(trade: Database) -> None:
    view = effective_packs(trade, "PLAIN", explain=True)
    assert (view.domain_pack, view.policy_pack) == ("domain:Trading@1", None)
    assert {value.layer for value in view.items} == {PackLayer.DOMAIN, PackLayer.DEFAULT}


def test_the_plain_view_has_the_same_values_and_no_explanation(trade: Database) -> None:
    with unchanged(trade.url):
        view = effective_packs(trade, TENANT, explain=False)
    assert {value.name: value.value for value in view.items} == {
        name: value.value for name, value in explained(trade, TENANT).items()
    }
    assert {(value.layer, value.pack, value.place, value.instead_of) for value in view.items} == {(None,) * 4}
    assert (view.explained, view.page.total) == (False, len(view.items))


def test_a_domain_pack_s_next_version_changes_the_view_when_it_is_active_and_not_before(database: Database) -> None:
    traders(database, TENANT)
    activate_pack(database, TENANT, PackReference.parse("domain:Trading"))
    before = explained(database, TENANT)
    document = policy_edition(1)
    put(database, document)
    assert explained(database, TENANT) == before
    activate_pack(database, TENANT, PackReference.parse(f"policy:{TENANT}"))
    assert explained(database, TENANT) != before


@pytest.mark.parametrize(("tenant_id", "code"), [("NOPE", "tenant_not_found"), ("IDLE", "no_active_packs")])
def test_where_nothing_is_active_there_is_no_view(tenant_id: str, code: str, trade: Database) -> None:
    with pytest.raises(NotFound) as caught:
        effective_packs(trade, tenant_id, explain=True)
    assert caught.value.code == code
