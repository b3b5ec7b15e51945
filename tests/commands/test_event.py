"""`sentinai events`: what is written, and whether it is whole."""

import json
import sys

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator
from tests.commands.reading import words_of
from tests.conftest import connect


def test_a_whole_log_is_intact(reader: Operator) -> None:
    ran = reader("events", "verify", "-o", "json")
    assert ran.code == 0
    assert (ran.document["tenants"], ran.document["exceptions"], ran.document["breaks"]) == (2, 100, [])
    assert reader("events", "verify", "--tenant", FINANCE, "-o", "json").document["exceptions"] == 50


def test_a_changed_event_is_found_and_named_and_the_result_is_still_data(
    seeded: Operator, seeded_url: DatabaseUrl
) -> None:
    with connect(seeded_url) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER ALL")
        changed = admin.execute(
            'UPDATE exception_event SET payload = payload || \'{"note": "[red]\\u001b[31m"}\' WHERE event_no = 2 '
            "AND tenant_id = %s AND exception_id = (SELECT min(exception_id) FROM exception WHERE tenant_id = %s) "
            "RETURNING exception_id",
            [FINANCE, FINANCE],
        ).fetchone()
    assert changed is not None
    ran = seeded("events", "verify", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (4, "events_broken")
    assert ran.document["broken"] >= 1
    first = ran.document["breaks"][0]
    assert (first["exception_id"], first["tenant_id"], first["event_no"]) == (changed[0], FINANCE, 2)
    assert changed[0] in ran.failure["why"]
    assert seeded(*ran.failure["fix"].split()[1:]).code == 0
    assert changed[0] in seeded("events", "verify", terminal=True).out
    assert seeded("events", "verify", "--tenant", HEALTHCARE).code == 0
    assert seeded("events", "verify", "--tenant", FINANCE).code == 4


def test_an_appended_comment_stands_at_the_end_of_the_timeline_and_not_in_the_journal(seeded: Operator) -> None:
    (name,) = words_of("EXCEPTION", seeded)
    words = ["events", "append", name, "--type", "commentadded", "--tenant", FINANCE, "--actor", "ada"]
    ran = seeded(*words, "--payload", '{"text": "spoke to Grace"}', "-o", "json")
    assert ran.code == 0, ran.err
    assert ran.document["appended"]
    shown = seeded("exceptions", "show", name, "-o", "json").document
    assert shown["events"][-1] == ran.document["event"]
    assert (shown["events"][-1]["actor_id"], shown["events"][-1]["payload"]) == ("ada", {"text": "spoke to Grace"})
    assert "Grace" not in str(seeded.journal()[0])
    assert "target: development" in ran.err


def test_an_event_sent_twice_counts_once(seeded: Operator) -> None:
    (name,) = words_of("EXCEPTION", seeded)
    words = ["events", "append", name, "--type", "CommentAdded", "--tenant", FINANCE, "--payload", "-", "-o", "json"]
    words += ["--event-id", "019e6b1c-3f60-7c9a-8a51-0d6f6f2b9c11"]
    first, second = (seeded(*words, piped=b'{"text": "x"}') for _ in range(2))
    assert (first.document["appended"], second.document["appended"]) == (True, False)
    assert "was there already" in second.err
    other = seeded(*words, piped=b'{"text": "y"}')
    assert (other.code, other.failure["code"]) == (6, "event_exists")
    assert seeded(*other.failure["fix"].split()[1:]).code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--type", "Nonsense", "--payload", "{}"], "unknown_word"),
        (["--type", "CommentAdded", "--payload", "{"], "invalid_json"),
        (["--type", "CommentAdded", "--payload", '{"text": "a", "texd": "b"}'], "invalid_payload"),
        (["--type", "CommentAdded", "--payload", "{}", "--event-id", "7"], "invalid_event_id"),
        (["--type", "CommentAdded", "--payload", "{}", "--actor-type", "robot"], "unknown_word"),
        (["--type", "ExceptionCreated", "--payload", "{}"], "event_type_reserved"),
        (["--type", "CommentAdded", "--payload", "@no/such/file"], "file_unreadable"),
    ],
)
def test_what_is_no_event_is_refused_with_its_reason(seeded: Operator, words: list[str], code: str) -> None:
    (name,) = words_of("EXCEPTION", seeded)
    ran = seeded("events", "append", name, *words, "--tenant", FINANCE, "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, code)


def test_a_log_is_sealed_anchored_and_an_event_proven_offline(seeded: Operator, operator: Operator) -> None:
    (name,) = words_of("EXCEPTION", seeded)
    unsealed = seeded("events", "prove", f"{name}:1", "-o", "json")
    assert (unsealed.code, unsealed.failure["code"]) == (4, "event_not_sealed")
    assert seeded(*unsealed.failure["fix"].split()[1:]).code == 0
    sealed = seeded("events", "seal", "--all-tenants", "-o", "json")
    assert [item["sealed"] for item in sealed.document["items"]] == [False, True]
    anchors, proof = str(seeded.cwd / "anchors.jsonl"), seeded.cwd / "proof.json"
    assert seeded("events", "anchor", anchors, "--all-tenants").code == 0
    proof.write_text(seeded("events", "prove", f"{name}:1", "-o", "json").out)
    offline = operator("events", "prove", "--check-proof", str(proof), "--against", anchors, "-o", "json")
    assert (offline.code, offline.document["valid"]) == (0, True), offline.err
    whole = seeded("events", "verify", "--fold", "--against", anchors, "--workers", "2", "-o", "json")
    assert (whole.code, whole.document["seals"], whole.document["anchors"]) == (0, 2, 2), whole.err
    since = seeded("events", "verify", "--since-seal", "-o", "json").document
    assert (since["events"], since["broken"]) == (0, 0)
    proof.write_text(proof.read_text().replace('"event_no": 1', '"event_no": 2'))
    forged = operator("events", "prove", "--check-proof", str(proof), "-o", "json")
    assert (forged.code, forged.failure["code"]) == (4, "proof_broken")


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "--since-seal", "--fold"],
        ["prove"],
        ["prove", "X:1", "--check-proof", "f"],
        ["prove", "X:1", "--against", "f"],
    ],
)
def test_options_that_contradict_each_other_are_refused(words: list[str], operator: Operator) -> None:
    ran = operator("events", *words, "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "options_contradict")


def test_a_row_that_is_not_what_its_events_make_of_it_is_found(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    with connect(seeded_url) as admin:
        admin.execute(
            "UPDATE exception SET owner = 'nobody', severity = 'low', current_playbook_id = 'PB' WHERE exception_id ="
            " (SELECT min(exception_id) FROM exception WHERE severity = 'critical' AND tenant_id = %s)",
            [FINANCE],
        )
    assert seeded("events", "verify").code == 0
    ran = seeded("events", "verify", "--fold", "-o", "json")
    assert (ran.code, {found["kind"] for found in ran.document["breaks"]}) == (4, {"state"})
    assert any("severity is low, its events make it critical" in found["detail"] for found in ran.document["breaks"])


def test_events_are_listed_newest_first_and_narrowed(reader: Operator) -> None:
    found = reader("events", "list", "--tenant", FINANCE, "--type", "exceptioncreated", "--limit", "5", "-o", "json")
    items = found.document["items"]
    assert {(item["tenant_id"], item["event_type"]) for item in items} == {(FINANCE, "ExceptionCreated")}
    assert [item["created_at"] for item in items] == sorted((item["created_at"] for item in items), reverse=True)
    onward = found.document["page"]["next"]
    more = reader(
        "events", "list", "--tenant", FINANCE, "--type", "ExceptionCreated", "--cursor", onward, "--all", "-o", "json"
    )
    assert len(more.document["items"]) == 45
    assert items[0]["exception_id"] in reader("events", "list", "--since", "2000-01-01", "--all", terminal=True).out
    refused = reader("events", "list", "--type", "Nonsense", "-o", "json")
    assert (refused.code, refused.failure["code"]) == (2, "unknown_word")


def test_an_export_is_a_line_for_each_event(reader: Operator) -> None:
    (name,) = words_of("EXCEPTION", reader)
    shown = reader("exceptions", "show", name, "-o", "json").document
    lines = [json.loads(line) for line in reader("events", "export", "--exception", name).out.splitlines()]
    assert [line["hash"] for line in lines] == [event["hash"] for event in shown["events"]]
    assert set(lines[0]["actor"]) == {"type", "id"}
    count = reader("events", "verify", "-o", "json").document["events"]
    assert len(reader("events", "export").out.splitlines()) == count
    refused = reader("events", "export", "-o", "csv")
    assert (refused.code, refused.out) == (2, "")


def test_the_tail_ends_with_the_newest_or_with_the_number_that_was_asked_for(
    seeded: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = seeded("events", "list", "--tenant", FINANCE, "--limit", "3", "-o", "json").document["items"]
    lines = [json.loads(line) for line in seeded("events", "tail", "--tenant", FINANCE, "--last", "3").out.splitlines()]
    assert [line["event_id"] for line in lines] == [item["event_id"] for item in reversed(newest)]
    assert newest[0]["exception_id"] in seeded("events", "tail", "--tenant", FINANCE, terminal=True).out
    (name,) = words_of("EXCEPTION", seeded)
    words = ["events", "append", name, "--type", "CommentAdded", "--payload", '{"text": "x"}', "--tenant", FINANCE]

    def meanwhile(seconds: float) -> None:
        streams = sys.stdin, sys.stdout, sys.stderr
        assert seeded(*words).code == 0
        sys.stdin, sys.stdout, sys.stderr = streams

    monkeypatch.setattr("sentinai_cli.cli.commands.event.read.time.sleep", meanwhile)
    ran = seeded("events", "tail", "--follow", "--last", "0", "--limit", "2", "--tenant", FINANCE)
    assert [json.loads(line)["event_type"] for line in ran.out.splitlines()] == ["CommentAdded"] * 2
    assert seeded("events", "tail", "--follow", "-o", "json").code == 2


def test_an_exception_is_shown_as_it_was(seeded: Operator) -> None:
    (name,) = words_of("EXCEPTION", seeded)
    whole = seeded("exceptions", "show", name, "-o", "json").document
    first = whole["events"][0]["created_at"]
    then = seeded("exceptions", "show", name, "--as-of", first, "-o", "json").document
    assert (then["status"], then["updated_at"], len(then["events"])) == ("open", first, 1)
    assert then["severity"] == whole["events"][0]["payload"]["severity"]
    present = seeded("exceptions", "show", name, "--as-of", "now", "-o", "json").document
    assert {**present, "at": None, "age_seconds": None} == {**whole, "at": None, "age_seconds": None}
    assert seeded("exceptions", "show", name, "--as-of", "2000-01-01").code == 3
