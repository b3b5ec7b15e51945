"""`sentinai operations`: every change leaves an entry, and none of them a secret."""

import json

import pytest

from sentinai_cli.resources import bundled
from tests.commands.conftest import AS_OF, FINANCE
from tests.commands.operator import Operator

SECRET = "hunter2secret"
PACK = bundled("domainpacks") / "finance.sample.json"


def _next_pack() -> bytes:
    return json.dumps({**json.loads(PACK.read_bytes()), "description": "another one"}).encode()


def _record() -> bytes:
    named = {"exceptionId": "X-1", "sourceSystem": "S", "exceptionType": "CASH_BREAK", "rawPayload": {}}
    return json.dumps({**named, "timestamp": "2025-03-01T09:00:00Z"}).encode()


CHANGING: tuple[tuple[list[str], dict[str, str], bytes], ...] = (
    (["migrate"], {}, b""),
    (["seed", "--as-of", AS_OF], {"as-of": "2026-11-20T03:00:00+00:00"}, b""),
    (["tenants", "create", "ACME", "--domain", "Finance"], {"tenant_id": "ACME", "domain": "Finance"}, b""),
    (["packs", "import", "-", "--note", "new"], {"file": "-", "note": "new"}, _next_pack()),
    (
        ["packs", "activate", "domain:Finance@2", "--tenant", FINANCE, "--yes"],
        {"reference": "domain:Finance@2", "tenant": FINANCE},
        b"",
    ),
    (
        ["exceptions", "ingest", "-", "--format", "jsonl", "--tenant", FINANCE],
        {"file": "-", "format": "jsonl", "tenant": FINANCE},
        _record(),
    ),
    (["db", "environment", "set", "staging"], {"mark": "staging"}, b""),
)


def test_every_command_that_changes_something_leaves_an_entry_with_actor_and_reason(empty: Operator) -> None:
    for words, arguments, piped in CHANGING:
        who = ["--actor", "jo", "--reason", f"because of {words[0]}"]
        assert empty(*words, *who, piped=piped).code == 0
        newest = empty.journal()[0]
        command = " ".join(words[: {"seed": 1, "db": 3}.get(words[0], 2)])
        command = {"migrate": "migrate upgrade", "seed": "seed run"}.get(command, command)
        assert (newest["command"], newest["actor"], newest["reason"]) == (command, "jo", f"because of {words[0]}")
        assert (newest["outcome"], newest["arguments"]) == ("done", arguments)
        assert newest["after"]
        shown = empty("operations", "show", newest["operation_id"], "-o", "json")
        assert (shown.code, shown.document) == (0, newest)
        assert command in empty("operations", "show", newest["operation_id"], terminal=True).out


def test_repeating_is_entered_as_unchanged(seeded: Operator) -> None:
    for words in (
        ["seed", "--tenant", FINANCE],
        ["tenants", "create", FINANCE, "--domain", "Finance", "--if-not-exists"],
        ["packs", "import", str(PACK)],
        ["packs", "activate", "domain:Finance", "--tenant", FINANCE, "--yes"],
        ["db", "environment", "set", "development"],
    ):
        assert seeded(*words).code == 0
        assert seeded.journal()[0]["outcome"] == "unchanged"


def test_secrets_in_arguments_are_masked(seeded: Operator) -> None:
    url = f"postgresql://ops:{SECRET}@db/x"
    words = ["tenants", "create", "ACME", "--domain", "Finance", "--name", url, "--actor", url, "--reason", url]
    assert seeded(*words).code == 0
    (newest, *_) = seeded.journal()
    assert SECRET not in json.dumps(newest)
    assert newest["arguments"]["name"] == "postgresql://ops:***@db/x"


def test_the_actor_comes_from_the_variable_when_no_flag_names_one(seeded: Operator) -> None:
    assert seeded.given(SENTINAI_ACTOR="sam")("tenants", "create", "ACME", "--domain", "Finance").code == 0
    assert seeded.journal()[0]["actor"] == "sam"


def test_the_newest_come_first_and_a_limit_is_told(reader: Operator) -> None:
    everything = reader.journal()
    assert len(everything) > 3
    assert [entry["at"] for entry in everything] == sorted((entry["at"] for entry in everything), reverse=True)
    ran = reader("operations", "list", "--limit", "2", "-o", "json")
    assert ran.document["items"] == everything[:2]
    assert "2 shown, more exist" in ran.err
    after = ran.document["page"]["next"]
    onward = reader("operations", "list", "--limit", "2", "--cursor", after, "-o", "json")
    assert onward.document["items"] == everything[2:4]
    assert reader("operations", "list", "--actor", "x", "--cursor", after).code == 2


@pytest.mark.parametrize(
    ("operation_id", "code"),
    [("nonsense", 2), ("", 2), ("\x1b[31m", 2), ("019e6b1c-3f60-7c9a-8a51-0d6f6f2b9c11", 3)],
)
def test_an_operation_that_is_not_there_and_an_id_that_is_none(operation_id: str, code: int, reader: Operator) -> None:
    ran = reader("operations", "show", operation_id)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.endswith("fix: sentinai operations list\n")
    assert "\x1b" not in ran.err
