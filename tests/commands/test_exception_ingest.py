"""`sentinai exceptions ingest`."""

import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.commands.operator import Operator, Ran
from tests.services.rows import unchanged

INGEST = ("exceptions", "ingest")
RECORD: dict[str, Any] = {
    "exceptionId": "BRK-1",
    "tenantId": FINANCE,
    "sourceSystem": "Ledger",
    "exceptionType": "CASH_BREAK",
    "severity": "LOW",
    "timestamp": "2026-11-19T09:00:00Z",
    "amount": "120.50",
    "currency": "USD",
    "rawPayload": {"accountId": "ACC-1", "currency": "USD", "difference": "120.50"},
    "normalizedContext": {"domain": "Finance"},
}
FIELDS = "exceptionId,sourceSystem,exceptionType,timestamp,amount,currency,slaDeadline,rawPayload,normalizedContext"


@pytest.fixture
def seeded(seeded: Operator) -> Operator:
    """Somebody with a seeded database to change, at a moment to which nothing in it is ahead."""
    return replace(seeded, now=datetime.fromisoformat(AS_OF) + timedelta(days=1))


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def file_of(*records: object, name: str = "breaks.jsonl") -> str:
    Path(name).write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return name


def again(seeded: Operator, *words: str, **options: Any) -> Ran:
    return seeded(*INGEST, *words, "--tenant", FINANCE, **options)


def test_records_are_taken_announced_journalled_and_found(seeded: Operator) -> None:
    ran = again(seeded, file_of(RECORD), "--reason", "from the ledger", "-o", "json")
    assert (ran.code, ran.document["created"], ran.document["severity_differs"]) == (0, 1, 1)
    assert "target: development" in ran.err
    assert "1 record said another severity than the rules, which decided" in ran.err
    (entry, *_) = seeded.journal()
    assert (entry["command"], entry["reason"], entry["outcome"]) == ("exceptions ingest", "from the ledger", "done")
    assert entry["after"]["input_sha256"] == ran.document["input_sha256"]
    shown = seeded("exceptions", "show", "BRK-1", "-o", "json").document
    assert (shown["status"], shown["amount"], shown["domain"]) == ("open", "120.50", "Finance")
    assert [event["event_type"] for event in shown["events"]] == ["ExceptionCreated", "ExceptionNormalized"]
    assert seeded("events", "verify").code == 0
    ran = again(seeded, "breaks.jsonl", "-o", "json")
    assert (ran.code, ran.document["unchanged"]) == (0, 1)
    assert "nothing to do" in ran.err
    assert seeded.journal()[0]["outcome"] == "unchanged"
    assert not list(Path().glob("*.rejects*"))


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "tsv"])
def test_what_export_writes_is_what_ingest_reads(form: str, seeded: Operator) -> None:
    Path(f"all.{form}").write_text(seeded("exceptions", "export", "--tenant", FINANCE, "-o", form).out)
    ran = again(seeded, f"all.{form}", "-o", "json")
    assert (ran.code, ran.document["unchanged"]) == (0, 50), ran.err
    moved = seeded("exceptions", "export", "--tenant", FINANCE, "-o", form, "--fields", FIELDS).out
    words = ("-", "--format", form, "--tenant", "ACME", "--create-tenant", "--domain", "Finance", "-o", "json")
    ran = seeded(*INGEST, *words, piped=moved.encode())
    assert (ran.code, ran.document["created"], ran.document["tenant_created"]) == (0, 50, True), ran.err
    assert seeded("exceptions", "export", "--tenant", "ACME", "-o", form, "--fields", FIELDS).out == moved


def test_rejected_records_are_in_a_file_that_is_named_and_new_each_time(seeded: Operator) -> None:
    file = file_of(RECORD, {**RECORD, "exceptionType": "CASH_BRAKE"}, "nonsense")
    ran = again(seeded, file, "-o", "json")
    assert (ran.code, ran.failure["code"]) == (8, "ingest_incomplete")
    assert "line 2: /exceptionType: domain:Finance@1 has no type 'CASH_BRAKE'; the nearest is CASH_BREAK" in ran.err
    document = json.loads(ran.out)
    assert (document["created"], document["rejected"]) == (1, 2)
    assert document["rejects_file"] == "breaks.jsonl.rejects.jsonl"
    assert "rejected records are in breaks.jsonl.rejects.jsonl" in ran.err
    first = Path("breaks.jsonl.rejects.jsonl").read_text()
    assert [json.loads(line)["line"] for line in first.splitlines()] == [2, 3]
    assert again(seeded, file).code == 8
    assert Path("breaks.jsonl.rejects.jsonl").read_text() == first
    assert Path("breaks.jsonl.rejects-2.jsonl").exists()
    ran = again(seeded, file, "--rejects", "breaks.jsonl.rejects.jsonl", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "file_exists")


def test_all_or_nothing_lists_the_problems_and_leaves_no_file(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    file = file_of(RECORD, {**RECORD, "exceptionId": "BRK-2", "amount": "x"}, {**RECORD, "tenantId": "OTHER"})
    with unchanged(seeded_url):
        ran = again(seeded, file, "--atomic", "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (2, "", "ingest_refused")
    assert len(ran.failure["why"].splitlines()) == 2
    assert not list(Path().glob("*.rejects*"))


def test_a_dry_run_tells_and_changes_nothing(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    with unchanged(seeded_url):
        ran = again(seeded, file_of(RECORD), "--dry-run", "-o", "json")
        assert (ran.code, ran.document["dry_run"], ran.document["created"]) == (0, True, 1)
        words = ("breaks.jsonl", "--tenant", "ACME", "--create-tenant", "--domain", "Finance", "--dry-run")
        ran = seeded(*INGEST, *words, terminal=True)
        assert ran.code == 8
        assert "a tenant that would be made" in ran.out


IMPOSSIBLE: tuple[tuple[list[str], int, str], ...] = (
    (["nowhere.jsonl"], 2, "file_unreadable"),
    (["."], 2, "format_needed"),
    ([".", "--format", "json"], 2, "file_unreadable"),
    (["-"], 2, "format_needed"),
    (["-", "--format", "xml"], 2, "unknown_word"),
    (["-", "--format", "csv"], 2, "invalid_header"),
    (["-", "--format", "jsonl", "--create-tenant"], 2, "domain_needed"),
    (["-", "--format", "jsonl", "--domain", "Healthcare"], 2, "another_domain"),
    (["-", "--format", "jsonl", "--rejects", "no/such/place"], 2, "file_unwritable"),
    (["-", "--format", "jsonl", "--tenant", "NOBODY"], 3, "tenant_not_found"),
    (["-", "--format", "jsonl", "--tenant", "ACME", "--create-tenant", "--domain", "X"], 3, "pack_not_found"),
)


def test_what_cannot_be_done_is_told_before_anything_is(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    with unchanged(seeded_url):
        for words, code, error in IMPOSSIBLE:
            tenant = [] if "--tenant" in words else ["--tenant", FINANCE]
            ran = seeded(*INGEST, *words, *tenant, "-o", "json", piped=b"a,b\n")
            assert (ran.code, ran.failure["code"]) == (code, error), words


@pytest.mark.skipif(sys.platform == "darwin", reason="file names are text there")
def test_a_name_that_is_no_text_is_a_file_like_any_other(seeded: Operator) -> None:
    ran = again(seeded, file_of(RECORD, 7, name="a\udcff.jsonl"), "-o", "json")
    assert ran.code == 8, ran.err
    assert Path("a\udcff.jsonl.rejects.jsonl").exists()
    assert seeded.journal()[0]["arguments"]["file"] == "a\\udcff.jsonl"


def test_a_tenant_must_be_named(seeded: Operator) -> None:
    ran = seeded(*INGEST, file_of(RECORD), "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "tenant_needed")


WHOLE = json.dumps({**RECORD, "exceptionId": "BRK-9"}).encode()
HOSTILE = {
    "NUL": WHOLE.replace(b"ACC-1", b"ACC\\u0000"),
    "a raw NUL": WHOLE.replace(b"ACC-1", b"ACC\x00"),
    "half a character": WHOLE.replace(b"ACC-1", b"\\ud800"),
    "no UTF-8": WHOLE.replace(b"ACC-1", b"\xff"),
    "a byte order mark": b"\xef\xbb\xbf" + WHOLE,
    "a key twice": WHOLE.replace(b'"accountId"', b'"currency"'),
    "a record's key twice": WHOLE.replace(b'{"exceptionId"', b'{"exceptionType":"CASH_BREAK","exceptionId"'),
    "depth": WHOLE.replace(b'"ACC-1"', b"[" * 5000 + b"]" * 5000),
    "depth without end": b"[" * 100_000,
    "a number beyond": WHOLE.replace(b'"ACC-1"', b"9" * 400),
    "not a number": WHOLE.replace(b'"ACC-1"', b"NaN"),
    "two megabytes": WHOLE.replace(b"ACC-1", b"x" * 2**21),
    "an id with control characters": WHOLE.replace(b"BRK-9", b"BRK\\u001b[31m"),
    "an entity without end": WHOLE.replace(b'"amount"', b'"entity": "' + b"x" * 5000 + b'", "amount"'),
    "nothing": b"null",
}


def test_each_hostile_record_is_refused_once_and_the_others_are_taken(seeded: Operator) -> None:
    good = [json.dumps({**RECORD, "exceptionId": f"BRK-{number}"}).encode() for number in range(len(HOSTILE) + 1)]
    lines = [good[0], *(line for both in zip(HOSTILE.values(), good[1:], strict=True) for line in both)]
    ran = again(seeded, "-", "--format", "jsonl", "-o", "json", piped=b"\n".join(lines))
    assert ran.code == 8, ran.err
    document = json.loads(ran.out)
    assert (document["created"], document["rejected"]) == (len(good), len(HOSTILE))
    refused = {one["line"]: one for one in document["rejections"]}
    assert [name for number, name in enumerate(HOSTILE, start=1) if 2 * number not in refused] == []
    assert "\x1b" not in ran.err + ran.out
    entries = [json.loads(line) for line in Path("stdin.rejects.jsonl").read_text().splitlines()]
    assert [entry["line"] for entry in entries] == sorted(refused)
    assert all(entry["reason"] for entry in entries)


def test_a_formula_is_text_in_a_spreadsheet_and_comes_back_as_it_was(seeded: Operator) -> None:
    formula = '=HYPERLINK("http://evil","x")'
    assert again(seeded, file_of({**RECORD, "entity": formula, "amount": "-5.00"})).code == 0
    out = seeded("exceptions", "export", "--search", "HYPERLINK", "-o", "csv").out
    (line,) = out.splitlines()[1:]
    assert r'"\x3dHYPERLINK(""http://evil"",""x"")",-5.00,USD' in line
    ran = again(seeded, "-", "--format", "csv", "-o", "json", piped=out.encode())
    assert (ran.code, ran.document["unchanged"]) == (0, 1)
