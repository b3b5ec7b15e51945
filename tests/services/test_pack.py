"""Packs: a file is checked whole, stored once for each content, and shown without secrets."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.pack_version import PackKind, PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.packs.reader import InvalidPack
from sentinai_cli.services.operation import list_operations
from sentinai_cli.services.pack import list_packs, show_pack, validate_pack
from sentinai_cli.services.pack_activation import activate_pack
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.sample import sample_packs
from sentinai_cli.services.tenant import create_tenant
from tests.conftest import connect
from tests.services.packs import (
    TENANT,
    policy_edition,
    put,
    traders,
    trading_edition,
    trading_without_cash,
)
from tests.services.rows import unchanged
from tests.unit.packs.document import as_bytes, care, trading, trading_policy

Document = dict[str, Any]


@pytest.fixture(scope="module")
def trade(shared: Database) -> Database:
    """A database with the domain Trading, its tenant and another one of no domain, in which all else is refused."""
    traders(shared, TENANT)
    create_tenant(shared, "STRANGER", name=None, domain="Nothing")
    return shared


def failing() -> Document:
    pack = trading()
    pack["testSuites"][0]["expectedOutput"]["severity"] = "LOW"
    return pack


def with_unknown_key() -> Document:
    return trading() | {"severityRulez": []}


def with_unknown_type_in_policy() -> Document:
    return trading_policy() | {"customSeverityOverrides": [{"exceptionType": "CASH_BRAKE", "severity": "LOW"}]}


@pytest.mark.parametrize(("kind", "name"), sample_packs())
def test_every_sample_pack_is_valid(kind: PackKind, name: str) -> None:
    source, data = sample_packs()[kind, name]
    check = validate_pack(data, name=source)
    assert (check.valid, check.kind, check.name, check.findings) == (True, kind, name, ())
    assert len(check.checksum or "") == 64
    if kind is PackKind.DOMAIN:
        assert sum(suite.passed for suite in check.suites) > 0


def test_what_is_wrong_with_a_file_is_located() -> None:
    check = validate_pack(as_bytes(with_unknown_key()), name="pack.json")
    assert (check.valid, check.kind, check.checksum) == (False, None, None)
    (finding,) = check.findings
    assert (finding.pointer, finding.suggestion) == ("/severityRulez", "severityRules")
    lines = as_bytes(with_unknown_key()).decode().splitlines()
    assert finding.line is not None
    assert "severityRulez" in lines[finding.line - 1]


def test_a_failed_case_of_the_packs_own_makes_it_invalid_and_is_named() -> None:
    check = validate_pack(as_bytes(failing()), name="pack.json")
    assert not check.valid
    assert check.findings == ()
    (failed,) = [case for suite in check.suites for case in suite.cases if not case.passed]
    assert failed.expected == {"severity": "low"}
    assert failed.actual["severity"] == "high"


def test_a_policy_pack_is_valid_without_its_domain_at_hand() -> None:
    check = validate_pack(as_bytes(trading_policy()), name="policy.json")
    assert (check.valid, check.kind, check.name, check.suites) == (True, PackKind.POLICY, TENANT, ())


def test_versions_count_from_one_for_each_name(database: Database) -> None:
    traders(database, TENANT, "TENANT_B")
    assert put(database, trading_edition(2)).reference == "domain:Trading@2"
    assert put(database, care()).reference == "domain:Care@1"
    assert put(database, policy_edition(1)).reference == f"policy:{TENANT}@1"
    assert put(database, policy_edition(2)).reference == f"policy:{TENANT}@2"
    assert put(database, policy_edition(1, tenant_id="TENANT_B")).reference == "policy:TENANT_B@1"


@pytest.mark.parametrize("edition", [trading_edition, policy_edition], ids=["domain", "policy"])
def test_content_that_is_stored_already_changes_nothing_and_answers_the_version_that_has_it(
    database: Database, edition: Callable[[int], Document]
) -> None:
    traders(database, TENANT)
    editions = [put(database, edition(number)) for number in (1, 2, 3)]
    again = put(database, edition(1), source="copy.json")
    assert not again.imported
    assert (again.reference, again.checksum) == (editions[0].reference, editions[0].checksum)
    entry = list_operations(database, limit=1).items[0]
    assert (entry.outcome, entry.after["pack"]) == (Outcome.UNCHANGED, editions[0].reference)
    stored = [pack.reference for pack in list_packs(database, AllTenants()).items if pack.kind is editions[0].kind]
    assert stored == [made.reference for made in reversed(editions)]


def test_the_same_content_in_other_words_is_the_same(database: Database) -> None:
    first = put(database, trading())
    shuffled = dict(reversed(trading().items()))
    shuffled["severityRules"] = [{"if": rule["condition"], "severity": "high"} for rule in trading()["severityRules"]]
    again = put(database, shuffled)
    assert (again.imported, again.checksum) == (False, first.checksum)


def test_who_imported_what_and_why_is_kept(database: Database) -> None:
    made = import_pack(database, as_bytes(trading()), source="pack.json", note="first try")
    (stored,) = list_packs(database, AllTenants()).items
    assert (stored.created_by, stored.note, stored.checksum) == ("tester", "first try", made.checksum)
    entry = list_operations(database, limit=1).items[0]
    assert entry.after == {"pack": "domain:Trading@1", "checksum": made.checksum}
    assert (made.imported, made.source, entry.outcome, entry.tenant_id) == (True, "pack.json", Outcome.DONE, None)


@pytest.mark.parametrize(
    ("document", "error", "code"),
    [
        (with_unknown_key(), InvalidPack, "invalid_pack"),
        (failing(), CheckFailed, "pack_tests_failed"),
        (with_unknown_type_in_policy(), InvalidPack, "invalid_pack"),
        (trading_policy() | {"tenantId": "NOBODY"}, NotFound, "tenant_not_found"),
        (trading_policy() | {"tenantId": "tenant_a"}, NotFound, "tenant_not_found"),
        (trading_policy() | {"tenantId": "STRANGER"}, NotFound, "pack_not_found"),
        (trading_policy() | {"domainName": "Care"}, InvalidPack, "invalid_pack"),
        (trading() | {"domainName": "D" * 128}, InvalidInput, "invalid_pack"),
    ],
    ids=[
        "unknown key",
        "failing suite",
        "policy names an unknown type",
        "unknown tenant",
        "tenant in other letter case",
        "tenant of a domain without packs",
        "policy of another domain",
        "too long a name",
    ],
)
def test_a_pack_that_does_not_hold_is_refused_and_nothing_is_stored(
    trade: Database, document: Document, error: type[Exception], code: str
) -> None:
    with unchanged(trade.url), pytest.raises(error) as caught:
        put(trade, document)
    assert getattr(caught.value, "code", None) == code


def test_what_a_policy_pack_names_and_its_domain_lacks_is_located(trade: Database) -> None:
    with pytest.raises(InvalidPack) as caught:
        put(trade, with_unknown_type_in_policy())
    (finding,) = caught.value.findings
    assert (finding.pointer, finding.suggestion) == ("/customSeverityOverrides/0/exceptionType", "CASH_BREAK")
    assert finding.line is not None


@pytest.mark.parametrize("document", [policy_edition(1), trading()], ids=["another tenant's", "a domain's"])
def test_a_pack_that_is_not_the_named_tenants_policy_is_refused(trade: Database, document: Document) -> None:
    with unchanged(trade.url), pytest.raises(InvalidInput) as caught:
        import_pack(trade, as_bytes(document), source="pack.json", tenant_id="STRANGER")
    assert caught.value.code == "pack_of_another_tenant"


def test_the_named_tenants_policy_is_imported(database: Database) -> None:
    traders(database, TENANT)
    assert import_pack(database, as_bytes(policy_edition(1)), source="pack.json", tenant_id=TENANT).imported


@pytest.mark.parametrize("edition", [trading_edition, policy_edition], ids=["domain", "policy"])
def test_the_same_content_at_once_is_stored_once(database: Database, edition: Callable[[int], Document]) -> None:
    traders(database, TENANT)

    def attempt(_: int) -> str | None:
        try:
            return put(database, edition(9)).reference
        except Conflict:
            return None

    with ThreadPoolExecutor(6) as pool:
        references = {reference for reference in pool.map(attempt, range(6)) if reference}
    assert len(references) == 1
    again = put(database, edition(9))
    assert (again.imported, {again.reference}) == (False, references)


@pytest.mark.parametrize("edition", [trading_edition, policy_edition], ids=["domain", "policy"])
def test_imports_at_once_take_one_number_each_or_are_a_conflict(
    database: Database, edition: Callable[[int], Document]
) -> None:
    traders(database, TENANT)

    def attempt(number: int) -> str | None:
        try:
            return put(database, edition(number)).reference
        except Conflict:
            return None

    with ThreadPoolExecutor(6) as pool:
        taken = [reference for reference in pool.map(attempt, range(10, 16)) if reference]
    assert taken
    assert len(set(taken)) == len(taken)
    stored = {pack.reference for pack in list_packs(database, AllTenants()).items}
    assert set(taken) <= stored


def test_a_tenant_sees_the_domain_packs_and_its_own_policy_packs_only(database: Database) -> None:
    traders(database, TENANT, "TENANT_B")
    for tenant_id in (TENANT, "TENANT_B"):
        put(database, policy_edition(1, tenant_id=tenant_id))
        activate_pack(database, tenant_id, PackReference.parse(f"policy:{tenant_id}"))
    everything = {pack.reference: pack.active_for for pack in list_packs(database, AllTenants()).items}
    assert everything == {
        "domain:Trading@1": (TENANT, "TENANT_B"),
        f"policy:{TENANT}@1": (TENANT,),
        "policy:TENANT_B@1": ("TENANT_B",),
    }
    own = {pack.reference: pack.active_for for pack in list_packs(database, TenantScope(TENANT)).items}
    assert own == {"domain:Trading@1": (TENANT,), f"policy:{TENANT}@1": (TENANT,)}
    with pytest.raises(NotFound):
        show_pack(database, TenantScope(TENANT), PackReference.parse("policy:TENANT_B@1"))


@pytest.mark.parametrize("look", ["list", "show"])
def test_a_mistyped_tenant_is_an_error_and_no_other_answer(trade: Database, look: str) -> None:
    with pytest.raises(NotFound) as caught:
        if look == "list":
            list_packs(trade, TenantScope("NOPE"))
        else:
            show_pack(trade, TenantScope("NOPE"), PackReference.parse("domain:Trading"))
    assert caught.value.code == "tenant_not_found"


@pytest.mark.parametrize("text", ["domain:Trading@9", "domain:trading", f"policy:{TENANT}", "policy:NOPE@1"])
def test_a_pack_that_does_not_exist_is_not_shown(trade: Database, text: str) -> None:
    with pytest.raises(NotFound) as caught:
        show_pack(trade, AllTenants(), PackReference.parse(text))
    assert caught.value.code == "pack_not_found"


def test_without_a_version_the_active_one_is_shown_in_a_tenants_scope_and_else_the_newest(database: Database) -> None:
    traders(database, TENANT, "TENANT_B")
    put(database, policy_edition(1))
    activate_pack(database, TENANT, PackReference.parse(f"policy:{TENANT}"))
    put(database, trading_edition(2))
    put(database, policy_edition(2))

    def shown(scope: TenantScope | AllTenants, text: str) -> str:
        return show_pack(database, scope, PackReference.parse(text)).reference

    assert shown(TenantScope(TENANT), "domain:Trading") == "domain:Trading@1"
    assert shown(AllTenants(), "domain:Trading") == "domain:Trading@2"
    assert shown(TenantScope("TENANT_B"), "domain:Trading") == "domain:Trading@2"
    assert shown(AllTenants(), f"policy:{TENANT}") == f"policy:{TENANT}@1"
    assert shown(AllTenants(), f"policy:{TENANT}@2") == f"policy:{TENANT}@2"


def test_what_is_shown_is_what_was_imported(database: Database) -> None:
    put(database, trading_without_cash())
    shown = show_pack(database, AllTenants(), PackReference.parse("domain:Trading@1"))
    assert list(shown.pack["exceptionTypes"]) == ["SETTLEMENT_FAIL"]  # type: ignore[call-overload]
    assert shown.domain == shown.name == "Trading"


def test_references_to_secrets_are_shown_and_what_could_be_a_secret_is_not(database: Database) -> None:
    traders(database, TENANT)
    put(database, policy_edition(1))
    reference = PackReference.parse(f"policy:{TENANT}@1")
    shown = show_pack(database, AllTenants(), reference).pack
    assert shown["embeddingConfig"]["apiKey"] == "env:EMBEDDING_KEY"  # type: ignore[index]
    with connect(database.url) as admin:  # as one stored before the key was known to name a secret
        admin.execute("ALTER TABLE tenant_policy_pack_version DISABLE TRIGGER ALL")
        admin.execute(
            "UPDATE tenant_policy_pack_version"
            " SET pack_json = jsonb_set(pack_json, '{embeddingConfig,apiKey}', '\"hunter2hunter2\"')"
        )
    masked = show_pack(database, AllTenants(), reference)
    assert "hunter2" not in masked.model_dump_json()
    assert masked.pack["embeddingConfig"]["apiKey"] == "***"  # type: ignore[index]
