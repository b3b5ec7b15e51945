"""What somebody put into the database to fool whoever looks at it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.render.text import is_harmless
from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator
from tests.conftest import connect, fresh_database

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
EVIL = (
    "\x1b[2J\x1b]0;own\x07\x1b]52;c;eA==\x07\x1b]8;;http://e\x1b\\x\r\n\t"
    "bidi\u202e\u2066z\u200bt\U000e0041\x9b31m"
    "\u05db\u05d4\u05df[red]r[/red]\u2028|,\"':smile:\\x1b[0m"
)
"""No NUL and no lone surrogate, which the database does not keep. A tenant's id is held harmless by a CHECK."""

HOSTILE = (
    "tenants list",
    "tenants show TENANT_FINANCE_001",
    "exceptions list",
    "exceptions list --domain EVIL-WORD",
    "exceptions show EVIL",
    "exceptions timeline EVIL",
    "exceptions stats",
    "packs list",
    "packs show domain:Finance@1",
    "packs history --tenant TENANT_FINANCE_001",
    "operations list",
    "operations show OPERATION",
    "retention holds --released",
    "events verify",
    "events list --exception EVIL",
    "exceptions why EVIL",
    "exceptions stats --by owner",
    "exceptions export --domain EVIL-WORD",
)
POISON = {
    "tenant": ("tenant_id = 'TENANT_FINANCE_001'", ["name"], []),
    "exception": (
        "exception_id = {of_one}",
        ["domain", "type", "source_system", "entity", "owner", "currency", "current_playbook_id", "exception_id"],
        ["raw_payload", "normalized_context"],
    ),
    "exception_event": ("exception_id = {of_one}", ["actor_id", "event_type", "exception_id"], ["payload"]),
    "operation": ("tenant_id = 'TENANT_FINANCE_001'", ["command", "actor", "reason", "tool_version"], ["before"]),
    "legal_hold": ("tenant_id = 'TENANT_FINANCE_001'", ["reason", "placed_by", "exception_id"], []),
    "pack_activation": ("tenant_id = 'TENANT_FINANCE_001'", ["activated_by", "reason"], []),
    "domain_pack_version": ("domain = 'Finance'", ["created_by", "note"], []),
}
"""Table: which rows, their columns of text, their columns of JSON."""


@pytest.fixture(scope="module")
def poisoned_url(server: DatabaseUrl, seeded_template: str) -> Iterator[DatabaseUrl]:
    """A seeded database in which every text of one exception, and more, is hostile."""
    document = Jsonb({EVIL: [EVIL, {"deep": EVIL}], "text": EVIL})
    with fresh_database(server, seeded_template) as made:
        with connect(made) as admin:
            first = admin.execute("SELECT min(exception_id) FROM exception WHERE tenant_id = %s", [FINANCE]).fetchone()
            assert first is not None
            admin.execute(
                "INSERT INTO legal_hold (tenant_id, hold_id, reason, placed_by)"
                " VALUES (%s, gen_random_uuid(), 'x', 'x')",
                [FINANCE],
            )
            admin.execute("SET session_replication_role = replica")
            for table, (rows, texts, documents) in POISON.items():
                values = {**dict.fromkeys(texts, EVIL), **dict.fromkeys(documents, document)}
                if table == "operation":
                    values["arguments"] = Jsonb({EVIL: EVIL})
                settings = ", ".join(f"{name} = %({name})s" for name in values)
                where = rows.format(of_one="%(first)s")
                admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                changed = admin.execute(f"UPDATE {table} SET {settings} WHERE {where}", {**values, "first": first[0]})
                assert changed.rowcount
        yield made


@pytest.fixture
def victim(operator: Operator, poisoned_url: DatabaseUrl) -> Operator:
    """Somebody who looks at it."""
    return operator.at(poisoned_url)


def _words(line: str, victim: Operator) -> list[str]:
    as_one_word = EVIL.replace("\\", r"\\").replace(",", r"\,")
    words = [{"EVIL": EVIL, "EVIL-WORD": as_one_word}.get(word, word) for word in line.split()]
    if "OPERATION" in words:
        entry = next(entry for entry in victim.journal() if entry["actor"] == EVIL)
        words[words.index("OPERATION")] = entry["operation_id"]
    return words


def _strings(document: object) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from _strings(value)
    elif isinstance(document, list):
        for value in document:
            yield from _strings(value)


def _acts(text: str, also: str = "\n") -> set[str]:
    """The characters that do something to a terminal, colours apart."""
    return {char for char in COLOUR.sub("", text) if not is_harmless(char) and char not in also}


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("output", ["table", "json", "jsonl", "csv", "tsv"])
@pytest.mark.parametrize("line", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(line: str, output: str, terminal: bool, victim: Operator) -> None:
    victim.monkeypatch.setenv("COLUMNS", "2000")  # wide enough for every column
    ran = victim(*_words(line, victim), "-q", "-o", output, terminal=terminal)
    assert ran.code == (4 if line == "events verify" else 0)
    assert ran.out
    assert not _acts(ran.out, "\n\t" if output == "tsv" else "\n")
    assert not _acts(ran.err)
    if output in ("csv", "tsv"):
        assert "\x1b" not in ran.out
        assert len(ran.out.splitlines()) == len(victim(*_words(line, victim), "-o", "jsonl").out.splitlines()) + 1
    if line != "events verify":
        assert "[red]r[/red]" in ran.out
        assert r"\x1b[2J" in ran.out or r"\u001b[2J" in ran.out


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("events tail --exception EVIL --last 3", "table"),
        ("events tail --exception EVIL --last 3", "jsonl"),
        ("events export --exception EVIL", "jsonl"),
    ],
)
def test_hostile_events_that_follow_each_other_do_nothing(
    line: str, output: str, terminal: bool, victim: Operator
) -> None:
    victim.monkeypatch.setenv("COLUMNS", "2000")
    ran = victim(*_words(line, victim), "-q", "-o", output, terminal=terminal)
    assert ran.code == 0
    assert "[red]r[/red]" in ran.out
    assert not _acts(ran.out)
    if output == "jsonl" and not terminal:
        assert EVIL in set(_strings([json.loads(row) for row in ran.out.splitlines()]))


def test_a_hostile_name_on_a_seal_does_nothing(victim: Operator, tmp_path: Path) -> None:
    tenant, anchors = ("--tenant", HEALTHCARE), str(tmp_path / "anchors.jsonl")
    assert victim("events", "seal", *tenant, "--actor", EVIL).code == 0
    first = victim("exceptions", "list", *tenant, "--limit", "1", "-o", "json").document["items"][0]["exception_id"]
    for line in (["seal"], ["prove", f"{first}:1"], ["anchor", anchors]):
        for output in ("table", "json", "tsv"):
            ran = victim("events", *line, *tenant, "-q", "-o", output, terminal=output == "table")
            assert ran.code == 0
            assert not _acts(ran.out + ran.err, "\n\t" if output == "tsv" else "\n")
    proof = victim("events", "prove", f"{first}:1", *tenant, "-o", "json")
    assert proof.document["seals"][0]["sealed_by"] == EVIL
    (tmp_path / "proof.json").write_text(proof.out, encoding="utf-8")
    assert victim("events", "prove", "--check-proof", str(tmp_path / "proof.json")).code == 0


@pytest.mark.parametrize("line", [line for line in HOSTILE if line != "events verify"])
def test_json_gives_hostile_text_back_as_it_is(line: str, victim: Operator) -> None:
    ran = victim(*_words(line, victim), "-o", "json")
    assert EVIL in set(_strings(ran.document))
    each = [json.loads(row) for row in victim(*_words(line, victim), "-o", "jsonl").out.splitlines()]
    assert EVIL in set(_strings(each))


@pytest.mark.parametrize("line", HOSTILE)
def test_hostile_text_does_nothing_in_picked_fields_either(line: str, victim: Operator) -> None:
    words = _words(line, victim)
    fields = ",".join(victim(*words).out.splitlines()[0].split("\t"))
    for output in ("table", "csv"):
        assert not _acts(victim(*words, "--fields", fields, "-o", output, "-q", terminal=True).out)


@pytest.mark.parametrize(
    "words",
    [
        ["exceptions", "show", EVIL + "x"],
        ["exceptions", "list", "--tenant", EVIL],
        ["exceptions", "list", "--type", EVIL],
        ["exceptions", "list", "--since", EVIL],
        ["exceptions", "list", "--cursor", EVIL],
        ["exceptions", EVIL],
        [EVIL],
        ["packs", "show", f"domain:{EVIL}"],
        ["packs", "validate", EVIL],
        ["tenants", "create", "ACME", "--domain", EVIL, "--name", EVIL, "--reason", EVIL, "--actor", EVIL],
        ["tenants", "list", "-o", EVIL],
        ["tenants", "list", "--fields", EVIL],
        ["tenants", "list", "--profile", EVIL],
        ["seed", "--scenario", EVIL],
        ["seed", "--tenant", "NEW", "--domain", EVIL],
        ["db", "environment", "set", EVIL],
        ["operations", "show", EVIL],
    ],
)
@pytest.mark.parametrize("mode", [[], ["--json"], ["--debug"]])
def test_hostile_words_on_the_command_line_do_nothing(words: list[str], mode: list[str], victim: Operator) -> None:
    ran = victim(*words, *mode, terminal=not mode and words[0] != "seed")  # a progress bar moves the cursor
    assert ran.code in (0, 2, 3, 6)
    assert not _acts(ran.out + ran.err, "\n\t")
    assert "\x1b[2J" not in ran.out + ran.err
