"""`sentinai packs`: validate, import, list, show, activate."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.resources import bundled
from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator
from tests.conftest import fresh_database

SAMPLES = bundled("domainpacks")
DOMAIN_PACK = SAMPLES / "finance.sample.json"
POLICY_PACK = SAMPLES / "tenant_finance_001.policy.sample.json"


def _changed(path: Path, **changes: object) -> bytes:
    document: dict[str, Any] = json.loads(path.read_bytes())
    return json.dumps({**document, **changes}).encode()


NEXT_DOMAIN_PACK = _changed(DOMAIN_PACK, description="another one")


def _lenient() -> bytes:
    """The finance pack, but nothing is severe any more."""
    document: dict[str, Any] = json.loads(DOMAIN_PACK.read_bytes())
    document["severityRules"], document["testSuites"] = [], []
    for kind in document["exceptionTypes"].values():
        kind.pop("severityRules", None)
        kind["defaultSeverity"] = "low"
    return json.dumps(document).encode()


LENIENT_DOMAIN_PACK = _lenient()
NEXT_POLICY_PACK = _changed(POLICY_PACK, description="another one")


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.sample.json")), ids=lambda path: path.name)
def test_every_sample_is_valid_and_needs_no_database(path: Path, operator: Operator) -> None:
    ran = operator.given(SENTINAI_DATABASE_URL="postgresql://127.0.0.1:1/x")(
        "packs", "validate", str(path), "-o", "json"
    )
    assert (ran.code, ran.err, ran.document["valid"]) == (0, "", True)
    piped = operator("packs", "validate", "-", "-o", "json", piped=path.read_bytes())
    assert (piped.code, piped.document["checksum"]) == (0, ran.document["checksum"])


def _unusable(place: Path) -> dict[str, str]:
    (place / "binary").write_bytes(bytes(range(256)) * 20)
    (place / "large").write_bytes(b'{"domainName": "' + b"x" * 5_000_000 + b'"}')
    (place / "empty").write_bytes(b"")
    (place / "half").write_bytes(DOMAIN_PACK.read_bytes()[:1000])
    (place / "other").write_bytes(b'{"hello": "\xe2\x80\xae\\u001b[31m"}')
    return {name: str(place / name) for name in ("binary", "large", "empty", "half", "other")}


@pytest.mark.parametrize("name", ["binary", "large", "empty", "half", "other"])
def test_a_file_that_is_no_pack_ends_in_findings(name: str, operator: Operator) -> None:
    file = _unusable(operator.cwd)[name]
    ran = operator("packs", "validate", file, "-o", "json")
    assert (ran.code, ran.failure["code"]) == (4, "pack_invalid")
    assert ran.document["valid"] is False
    assert ran.document["findings"]
    assert operator("packs", "validate", "-", piped=Path(file).read_bytes()).code == 4
    shown = operator("packs", "validate", file, terminal=True)
    assert shown.code == 4
    assert "not valid" in shown.out


@pytest.mark.parametrize("name", ["binary", "large", "empty", "half", "other"])
def test_a_file_that_is_no_pack_is_not_imported(name: str, reader: Operator) -> None:
    file = _unusable(reader.cwd)[name]
    before = reader.journal()
    ran = reader("packs", "import", file, "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (2, "", "invalid_pack")
    assert ran.failure["why"]
    assert reader.journal() == before


@pytest.mark.parametrize("command", ["validate", "import"])
@pytest.mark.parametrize("file", ["no-such-file", ".", "a\x00b", "no/such/\x1b[31m", "x" * 5000])
def test_what_cannot_be_read_is_named(command: str, file: str, reader: Operator) -> None:
    reader.monkeypatch.chdir(reader.cwd)
    ran = reader("packs", command, file)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error[file_unreadable]")
    assert "\x1b" not in ran.err
    assert "\x00" not in ran.err


def test_a_pack_whose_own_tests_fail_is_told_by_its_cases_and_not_imported(migrated: Operator) -> None:
    document = json.loads(DOMAIN_PACK.read_bytes())
    document["testSuites"][0]["cases"][0]["expectedOutput"]["severity"] = "low"
    data = json.dumps(document).encode()
    checked = migrated("packs", "validate", "-", "-o", "json", piped=data)
    assert (checked.code, checked.failure["why"]) == (4, "1 of its own test cases fail")
    assert [suite["failed"] for suite in checked.document["suites"]] == [1, 0]
    ran = migrated("packs", "import", "-", "-o", "json", piped=data)
    assert (ran.code, ran.failure["code"]) == (4, "pack_tests_failed")
    assert migrated("packs", "list", "-o", "json").document["items"] == []


def test_a_pack_is_imported_once_under_the_next_number(seeded: Operator) -> None:
    again = seeded("packs", "import", str(DOMAIN_PACK), "-o", "json")
    assert (again.code, again.document["imported"], again.document["reference"]) == (0, False, "domain:Finance@1")
    assert "unchanged: domain:Finance@1 has this content already" in again.err
    new = seeded("packs", "import", "-", "--note", "why not", "-o", "json", piped=NEXT_DOMAIN_PACK)
    assert (new.code, new.document["imported"], new.document["reference"]) == (0, True, "domain:Finance@2")
    listed = {item["reference"]: item for item in seeded("packs", "list", "-o", "json").document["items"]}
    assert listed["domain:Finance@2"]["note"] == "why not"
    assert listed["domain:Finance@1"]["active_for"] == [FINANCE]
    assert listed["domain:Finance@2"]["active_for"] == []


def test_a_policy_pack_is_imported_for_its_own_tenant_only(seeded: Operator) -> None:
    other = seeded("packs", "import", str(POLICY_PACK), "--tenant", HEALTHCARE, "-o", "json")
    assert (other.code, other.failure["code"]) == (2, "pack_of_another_tenant")
    unknown = _changed(POLICY_PACK, tenantId="NOPE")
    assert seeded("packs", "import", "-", piped=unknown).code == 3
    own = seeded("packs", "import", "-", "--tenant", FINANCE, "-o", "json", piped=NEXT_POLICY_PACK)
    assert own.document["reference"] == f"policy:{FINANCE}@2"


def test_without_a_version_the_active_one_of_the_tenant_is_shown_and_else_the_newest(seeded: Operator) -> None:
    seeded("packs", "import", "-", piped=NEXT_DOMAIN_PACK)
    for words, version in (((), 2), (("--tenant", FINANCE), 1), (("--tenant", HEALTHCARE), 2)):
        assert seeded("packs", "show", "domain:Finance", *words, "-o", "json").document["version"] == version
    assert seeded("packs", "show", "domain:Finance@1", "-o", "json").document["version"] == 1


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("domain:Finance@9", 3),
        ("domain:NOPE", 3),
        ("policy:NOPE", 3),
        ("policy:NOPE@1", 3),
        ("Finance", 2),
        ("domain:Finance@0", 2),
        ("domain:Finance@x", 2),
        ("domain:Finance@99999999999999999999", 2),
        ("", 2),
        ("domain:\x1b[31m", 2),
    ],
)
@pytest.mark.parametrize("command", ["show", "activate"])
def test_a_pack_that_is_not_there_and_a_name_that_is_none(
    command: str, reference: str, code: int, reader: Operator
) -> None:
    words = ["--all-tenants"] if command == "activate" else []
    ran = reader("packs", command, reference, *words)
    assert (ran.code, ran.out) == (code, "")
    assert "\x1b" not in ran.err


@pytest.fixture(scope="module")
def offered_url(server: DatabaseUrl, seeded_template: str) -> Iterator[DatabaseUrl]:
    """A seeded database with a breaking version of the finance pack, which nobody manages to activate."""
    with fresh_database(server, seeded_template) as made:
        yield made


@pytest.fixture
def offered(operator: Operator, offered_url: DatabaseUrl) -> Operator:
    """Somebody who does not agree to that version."""
    somebody = operator.at(offered_url)
    assert somebody("packs", "import", "-", piped=LENIENT_DOMAIN_PACK).code == 0
    return somebody


def _activate(seeded: Operator, *words: str, answers: str | None = None) -> Any:
    return seeded("packs", "activate", "domain:Finance@2", "--tenant", FINANCE, *words, answers=answers)


def _active(seeded: Operator) -> int:
    version: int = seeded("tenants", "show", FINANCE, "-o", "json").document["domain_version"]
    return version


@pytest.mark.parametrize("answers", ["n\n", "\n", "", "no\n", "maybe\n", "yess\n"])
def test_without_a_yes_nothing_is_activated(answers: str, offered: Operator) -> None:
    before = offered.journal()
    ran = _activate(offered, answers=answers)
    assert (ran.code, ran.out) == (7, "")
    assert f"this is breaking: let domain:Finance@2 decide for {FINANCE}?" in ran.err
    assert "impact of domain:Finance@2: breaking" in ran.err
    assert "[y/N]" in ran.err
    assert (_active(offered), offered.journal()) == (1, before)


@pytest.mark.parametrize("flags", [[], ["--no-input"]])
def test_with_nobody_to_answer_the_flag_is_named(flags: list[str], offered: Operator) -> None:
    ran = _activate(offered, *flags, "-o", "json")
    assert (ran.code, ran.failure["code"], ran.failure["why"]) == (7, "not_confirmed", "give --yes to agree")
    assert _active(offered) == 1


@pytest.mark.parametrize("answers", ["y\n", "YES\n", None])
def test_after_a_yes_the_version_is_active_and_again_changes_nothing(answers: str | None, seeded: Operator) -> None:
    seeded("packs", "import", "-", piped=LENIENT_DOMAIN_PACK)
    agreed = [] if answers else ["--yes"]
    ran = _activate(seeded, *agreed, "--reason", "because", "-o", "json", answers=answers)
    assert ran.code == 0
    (item,) = ran.document["items"]
    assert (item["changed"], item["activation"]["domain_version"], item["previous"]["domain_version"]) == (True, 2, 1)
    assert item["activation"]["policy_version"] == 1
    assert item["activation"]["reason"] == "because"
    again = _activate(seeded, "--yes", "-o", "json")
    assert again.document["items"][0]["changed"] is False
    assert f"unchanged: that pair is active for {FINANCE} already" in again.err
    assert seeded("tenants", "show", HEALTHCARE, "-o", "json").document["domain_version"] == 1


def test_the_first_activation_of_a_tenant_asks_nothing(seeded: Operator) -> None:
    seeded("tenants", "create", "ACME", "--domain", "Finance")
    ran = seeded("packs", "activate", "domain:Finance", "--tenant", "ACME", "-o", "json")
    assert (ran.code, ran.document["items"][0]["previous"]) == (0, None)


def test_all_tenants_means_those_of_the_domain(seeded: Operator) -> None:
    seeded("tenants", "create", "ACME", "--domain", "Finance")
    ran = seeded("packs", "activate", "domain:Finance", "--all-tenants", "--yes", "-o", "json")
    assert [item["activation"]["tenant_id"] for item in ran.document["items"]] == ["ACME", FINANCE]


def test_a_version_that_does_not_fit_one_tenant_is_activated_for_none(seeded: Operator) -> None:
    document = json.loads(DOMAIN_PACK.read_bytes())
    del document["exceptionTypes"]["REG_REPORT_REJECTED"]  # which the tenant's policy pack speaks of
    document["testSuites"], document["severityRules"] = [], []
    document["playbooks"] = [one for one in document["playbooks"] if "REG_REPORT_REJECTED" not in one["exceptionTypes"]]
    assert seeded("tenants", "create", "ACME", "--domain", "Finance").code == 0
    imported = seeded("packs", "import", "-", piped=json.dumps(document).encode())
    assert imported.code == 0, imported.err
    before = seeded.journal()
    ran = seeded("packs", "activate", "domain:Finance@2", "--all-tenants", "--yes", "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (4, "", "packs_do_not_fit")
    assert seeded("tenants", "show", "ACME", "-o", "json").document["domain_version"] is None
    assert seeded.journal() == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["policy:TENANT_FINANCE_001", "--tenant", HEALTHCARE], 2),
        (["domain:Healthcare", "--tenant", FINANCE], 2),
        (["domain:Finance", "--tenant", "NOPE"], 3),
    ],
)
def test_a_pack_that_is_not_this_tenants_is_refused(words: list[str], code: int, reader: Operator) -> None:
    before = reader.journal()
    assert reader("packs", "activate", *words, "--yes").code == code
    assert reader.journal() == before
