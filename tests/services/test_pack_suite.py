"""A stored pack's own tests: run alone, or under what a tenant's policy pack overrides."""

from dataclasses import replace

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.operation_context import OperationContext
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.services.pack_activation import activate_pack
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.pack_suite import run_pack_suites
from tests.conftest import context
from tests.services.packs import TENANT, policy_edition, put, traders
from tests.services.rows import unchanged
from tests.unit.packs.document import as_bytes, trading

ONE = PackReference.parse("domain:Trading@1")


@pytest.fixture(scope="module")
def trade(shared: Database) -> Database:
    """One tenant with a policy that overrides what a test expects, and one without a policy."""
    traders(shared, TENANT, "PLAIN")
    put(shared, policy_edition(1))
    activate_pack(shared, TENANT, PackReference.parse(f"policy:{TENANT}"))
    return shared


@pytest.mark.parametrize("tenant_id", [None, "PLAIN"])
def test_a_pack_alone_passes_its_own_tests(tenant_id: str | None, trade: Database) -> None:
    with unchanged(trade.url):
        result = run_pack_suites(trade, ONE, tenant_id=tenant_id)
    assert (result.reference, result.policy_pack) == ("domain:Trading@1", None)
    assert (result.passed, result.failed) == (2, 0)


def test_under_a_policy_pack_what_it_overrides_fails(trade: Database) -> None:
    result = run_pack_suites(trade, ONE, tenant_id=TENANT)
    assert (result.policy_pack, result.passed, result.failed) == (f"policy:{TENANT}@1", 1, 1)
    (failed,) = [case for suite in result.suites for case in suite.cases if not case.passed]
    assert (failed.expected["severity"], failed.actual["severity"]) == ("low", "critical")
    assert "/customSeverityOverrides/0" in failed.why


def test_a_pack_that_was_imported_in_spite_of_its_tests_fails_them(database: Database) -> None:
    document = trading()
    document["testSuites"][0]["expectedOutput"]["severity"] = "LOW"
    told: OperationContext = replace(context(), reason="known")
    given = Database(database.url, context=told)
    import_pack(given, as_bytes(document), source="pack.json", allow_failing_tests=True)
    given.close()
    assert run_pack_suites(database, PackReference.parse("domain:Trading")).failed == 1


@pytest.mark.parametrize(
    ("text", "tenant_id", "error", "code"),
    [
        (f"policy:{TENANT}@1", None, InvalidInput, "policy_pack_has_no_tests"),
        ("domain:Trading@9", None, NotFound, "pack_not_found"),
        ("domain:Nothing", TENANT, NotFound, "pack_not_found"),
        ("domain:Trading@1", "NOPE", NotFound, "tenant_not_found"),
    ],
)
def test_what_has_no_tests_or_is_not_there_is_refused(
    text: str, tenant_id: str | None, error: type[Exception], code: str, trade: Database
) -> None:
    with pytest.raises(error) as caught:
        run_pack_suites(trade, PackReference.parse(text), tenant_id=tenant_id)
    assert getattr(caught.value, "code", None) == code
