"""`sentinai exceptions`: pages, filters, one of them."""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE, HEALTHCARE
from tests.commands.operator import Operator
from tests.conftest import connect

LIST = ("exceptions", "list")


def _ids(reader: Operator, *options: str) -> list[str]:
    ran = reader(*LIST, *options, "-o", "json")
    assert ran.code == 0, ran.err
    return [item["exception_id"] for item in ran.document["items"]]


def test_walking_by_the_printed_cursor_shows_every_row_once(reader: Operator) -> None:
    everything = _ids(reader, "--all")
    assert len(everything) == 100
    walked, options = [], ["--limit", "17"]
    while True:
        ran = reader(*LIST, *options, "--fields", "exception_id")
        walked += ran.out.splitlines()[1:]
        printed = [line for line in ran.err.splitlines() if line.startswith("--cursor ")]
        if not printed:
            break
        assert "17 shown, more exist" in ran.err
        options = ["--limit", "17", *printed[0].split()]
    assert walked == everything


def test_a_page_holds_the_cursor_that_standard_error_prints(reader: Operator) -> None:
    ran = reader(*LIST, "--limit", "1", "-o", "json")
    assert f"--cursor {ran.document['page']['next']}" in ran.err
    assert ran.document["page"]["has_more"] is True
    last = reader(*LIST, "--tenant", FINANCE, "--limit", "50", "-o", "json")
    assert (last.document["page"]["has_more"], last.document["page"]["next"], last.err) == (False, None, "")


@pytest.mark.parametrize("other", [["--status", "open"], ["--tenant", FINANCE], ["--type", "CASH_BREAK"]])
def test_a_cursor_of_another_question_is_refused(other: list[str], reader: Operator) -> None:
    cursor = reader(*LIST, "--limit", "1", "-o", "json").document["page"]["next"]
    ran = reader(*LIST, "--cursor", cursor, *other, "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (2, "", "invalid_cursor")


@pytest.mark.parametrize("cursor", ["", "x", "e30=", "WyJhIl0=", "\x1b[31m", "A" * 5000])
def test_a_damaged_cursor_is_refused(cursor: str, reader: Operator) -> None:
    ran = reader(*LIST, f"--cursor={cursor}", "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (2, "", "invalid_cursor")


def test_a_total_is_counted_when_asked_for(reader: Operator) -> None:
    ran = reader(*LIST, "--limit", "2", "--total", "-o", "json")
    assert ran.document["page"]["total"] == 100
    assert "2 shown of 100" in ran.err
    assert reader(*LIST, "-o", "json").document["page"]["total"] is None


def test_filters_are_answered_as_counting_by_hand_does(reader: Operator) -> None:
    rows = reader(*LIST, "--all", "-o", "json").document["items"]
    for field in ("status", "severity", "type", "domain"):
        for value, count in Counter(row[field] for row in rows).items():
            assert len(_ids(reader, "--all", f"--{field}", value)) == count
    high = [row["exception_id"] for row in rows if row["severity"] in ("high", "critical") and row["status"] == "open"]
    assert _ids(reader, "--severity", "high", "--severity", "CRITICAL", "--status", "open") == high
    middle = rows[40]["created_at"]
    since, until = _ids(reader, "--all", "--since", middle), _ids(reader, "--all", "--until", middle)
    assert (len(since), len(until)) == (41, 59)


@pytest.mark.parametrize(
    "options",
    [
        ["--severity", "urgent"],
        ["--status", "closed"],
        ["--since", "soon"],
        ["--limit", "0"],
        ["--limit", "-3"],
        ["--limit", "99999999999999999999"],
    ],
)
def test_an_option_that_makes_no_sense_is_refused_before_the_database_is_asked(
    options: list[str], operator: Operator
) -> None:
    ran = operator.given(SENTINAI_DATABASE_URL="postgresql://127.0.0.1:1/x")(*LIST, *options)
    assert (ran.code, ran.out) == (2, "")


def test_one_exception_is_shown_with_payload_and_timeline(reader: Operator) -> None:
    (exception_id,) = _ids(reader, "--limit", "1", "--tenant", HEALTHCARE)
    document = reader("exceptions", "show", exception_id, "-o", "json").document
    assert document["exception_id"] == exception_id
    assert document["raw_payload"]
    assert [event["event_no"] for event in document["events"]] == list(range(1, len(document["events"]) + 1))
    assert document["events"][0]["event_type"] == "ExceptionCreated"
    shown = reader("exceptions", "show", exception_id, terminal=True).out
    for part in ("Payload", "Timeline", "ExceptionCreated", HEALTHCARE, document["events"][-1]["hash"]):
        assert part in shown
    payload = reader("exceptions", "show", exception_id, "-o", "json", "--fields", "raw_payload").document
    assert payload == {"raw_payload": document["raw_payload"]}


@pytest.mark.parametrize("options", [[], ["--tenant", FINANCE]])
@pytest.mark.parametrize("exception_id", ["NOPE", "x" * 3000, "\x1b[2J", "' OR 1=1 --", "[red]x[/red]", "%", ""])
def test_an_exception_that_does_not_exist_is_not_found(exception_id: str, options: list[str], reader: Operator) -> None:
    ran = reader("exceptions", "show", exception_id, *options)
    assert (ran.code, ran.out) == (3, "")
    assert "error[exception_not_found]" in ran.err
    assert "\x1b" not in ran.err


def test_an_exception_of_another_tenant_is_not_found(reader: Operator) -> None:
    (exception_id,) = _ids(reader, "--limit", "1", "--tenant", HEALTHCARE)
    assert reader("exceptions", "show", exception_id, "--tenant", FINANCE).code == 3


def test_an_id_that_several_tenants_have_must_be_told_apart(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    (exception_id,) = _ids(seeded, "--limit", "1", "--tenant", FINANCE, "--status", "open")
    with connect(seeded_url) as admin:
        copied = (
            "exception_id, domain, type, severity, status, source_system, raw_payload, normalized_context, "
            "source_digest, created_at, updated_at, last_event_no, last_event_hash"
        )
        admin.execute(
            f"INSERT INTO exception (tenant_id, {copied}) SELECT %s, {copied} FROM exception WHERE exception_id = %s",
            [HEALTHCARE, exception_id],
        )
    ran = seeded("exceptions", "show", exception_id, "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "exception_ambiguous")
    assert ran.failure["fix"] == f"sentinai exceptions show {exception_id} --tenant {FINANCE}"
    assert seeded(*ran.failure["fix"].split()[1:]).code == 0


def test_numbers_add_up_to_the_rows_that_a_list_shows(reader: Operator) -> None:
    found = reader("exceptions", "stats", "-o", "json").document
    assert found["exceptions"] == sum(item["count"] for item in found["items"]) == 100
    unresolved = [len(_ids(reader, "--all", "--status", status)) for status in ("open", "analyzing", "escalated")]
    assert found["unresolved"] == sum(unresolved)
    of_one = reader("exceptions", "stats", "--tenant", FINANCE, "-o", "json").document
    assert of_one["exceptions"] == 50
    assert {item["tenant_id"] for item in of_one["items"]} == {FINANCE}
    assert reader("exceptions", "stats", "--type", "NOPE", terminal=True).out.startswith("\x1b[1m0 exceptions")


@pytest.mark.parametrize(
    "options",
    [
        ["--status", "open,escalated", "--type", "!CASH_BREAK"],
        ["--owner", "none", "--severity", "!low"],
        ["--amount", "1000..", "--sort", "amount"],
        ["--where", "currency=USD"],
        ["--where", "daysLate>=1"],
        ["--search", "cash_break"],
    ],
    ids=" ".join,
)
def test_list_count_stats_and_export_answer_one_filter_alike(options: list[str], reader: Operator) -> None:
    chosen = [word for word in options if word not in ("--sort", "amount")]
    ids = _ids(reader, "--all", *options)
    assert ids
    assert reader("exceptions", "count", *chosen, "-o", "json").document["count"] == len(ids)
    assert reader("exceptions", "stats", *chosen, "-o", "json").document["exceptions"] == len(ids)
    exported = reader("exceptions", "export", *chosen, "-o", "jsonl").out.splitlines()
    assert {json.loads(line)["exceptionId"] for line in exported} == set(ids)


@pytest.mark.parametrize("output", ["jsonl", "csv", "tsv"])
@pytest.mark.parametrize("command", ["list --all", "export"])
def test_rows_that_are_streamed_are_those_of_the_whole_list(output: str, command: str, reader: Operator) -> None:
    words = ["exceptions", *command.split()]
    name = "exception_id" if "list" in words else "exceptionId"
    whole = [item[name] for item in reader(*words, "-o", "json").document["items"]]
    lines = reader(*words, "-o", output, "--fields", name).out.splitlines()
    assert len(whole) == 100
    assert [json.loads(line)[name] for line in lines] == whole if output == "jsonl" else lines == [name, *whole]


def test_a_record_carries_what_its_exception_shows(reader: Operator) -> None:
    (exception_id,) = _ids(reader, "--limit", "1", "--tenant", FINANCE)
    shown = reader("exceptions", "show", exception_id, "-o", "json").document
    records = [json.loads(line) for line in reader("exceptions", "export", "-o", "jsonl").out.splitlines()]
    (record,) = [record for record in records if record["exceptionId"] == exception_id]
    assert record["rawPayload"] == shown["raw_payload"]
    assert record["normalizedContext"] == shown["normalized_context"]
    assert (record["amount"], record["timestamp"]) == (shown["amount"], shown["created_at"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--since", "1h", "--until", "2h"], "can never match: the time"),
        (["--type", "A,!A"], "can never match: type A"),
        (["--amount", "10..5"], "can never match: the amount"),
        (["--breached", "--status", "resolved"], "can never match: what is due"),
        (["--type", "CASH_BRAEK"], "did you mean CASH_BREAK"),
        (["--owner", "nobody"], "no exception has the owner nobody"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_filter_that_can_never_match_is_called_out(options: list[str], told: str, reader: Operator) -> None:
    for command in ("list", "count"):
        ran = reader("exceptions", command, *options)
        assert ran.code == 0
        assert told in ran.err


def test_a_page_that_ends_for_its_scan_limit_says_so_and_goes_on(reader: Operator) -> None:
    words = (*LIST, "--search", "there is no such text", "--scan-limit", "30")
    ran = reader(*words, "-o", "json")
    assert (ran.document["items"], ran.document["page"]["scanned"]) == ([], 30)
    assert "after a look at 30 rows" in ran.err
    walked, cursor = 30, ran.document["page"]["next"]
    while cursor:
        page = reader(*words, "--cursor", cursor, "-o", "json").document["page"]
        walked, cursor = walked + page["scanned"], page["next"]
    assert walked == 100


@pytest.mark.parametrize(
    "options",
    [
        ["--amount", "x"],
        ["--amount", ".."],
        ["--where", "novalue"],
        ["--where", "=1"],
        ["--where", "a..b=1"],
        ["--due-within", "soon"],
        ["--search", " "],
        ["--sort", "name"],
        ["--type", ""],
        ["--keys-only", "--fields", "type"],
    ],
    ids=" ".join,
)
def test_a_filter_that_cannot_be_read_is_refused(options: list[str], reader: Operator) -> None:
    ran = reader(*LIST, *options)
    assert (ran.code, ran.out) == (2, "")


def test_a_cursor_of_relative_times_goes_on_with_the_moments_of_its_first_page(reader: Operator) -> None:
    words = (*LIST, "--since", "300d", "--limit", "40", "-o", "json")
    first = reader(*words).document
    later = replace(reader, now=datetime.fromisoformat(AS_OF) + timedelta(days=200))
    rest = later(*words, "--cursor", first["page"]["next"]).document
    assert len(first["items"]) == len(rest["items"]) == 40


@pytest.mark.parametrize("by", ["tenant", "domain", "type", "severity,status", "source", "entity", "owner", "day"])
def test_counts_by_an_attribute_are_those_of_the_rows(by: str, reader: Operator) -> None:
    rows = reader(*LIST, "--all", "-o", "json").document["items"]
    names = {"tenant": "tenant_id", "source": "source_system", "day": "created_at"}
    columns = [names.get(name, name) for name in by.split(",")]
    values = [tuple(row[name][:10] if name == "created_at" else row[name] for name in columns) for row in rows]
    found = reader("exceptions", "stats", "--by", by, "--limit", "200", "-o", "json").document
    told = {tuple(item[name] for name in by.split(",")): item["count"] for item in found["items"]}
    assert told == Counter(values)
    counts = [item["count"] for item in found["items"]]
    assert by == "day" or counts == sorted(counts, reverse=True)
    assert sum(item["unresolved"] for item in found["items"]) == sum(row["status"] != "resolved" for row in rows)
    late = reader("exceptions", "count", "--breached", "-o", "json").document["count"]
    assert sum(item["breached"] for item in found["items"]) == late


def test_more_groups_than_asked_for_are_announced_and_an_unknown_attribute_is_refused(reader: Operator) -> None:
    ran = reader("exceptions", "stats", "--by", "entity", "--limit", "2", "-o", "json")
    assert (len(ran.document["items"]), ran.document["page"]["has_more"]) == (2, True)
    assert "2 shown, more exist: a larger --limit" in ran.err
    assert reader("exceptions", "stats", "--by", "colour").code == 2
