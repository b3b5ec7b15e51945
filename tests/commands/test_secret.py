"""The password of the database turns up nowhere, whatever command fails, and however it is asked to say why."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import FINANCE
from tests.commands.example_world import ENDLESS, WITHOUT
from tests.commands.operator import Operator, Ran
from tests.commands.test_examples import COMMANDS
from tests.conftest import connect

SECRET = "p4ss%w0rd/'zebra"
SPELLINGS = (SECRET, "p4ss", "w0rd", "zebra")

pytestmark = pytest.mark.slow

LINES = {
    " ".join(path): [line for line in command.examples if not any(word in line for word in ENDLESS)][:1]
    for path, command in COMMANDS.items()
    if " ".join(path) not in WITHOUT
}


def _words(line: str) -> list[str]:
    words = shlex.split(line, comments=True)[1:]
    return words[: next((at for at, word in enumerate(words) if word in ("<", ">")), None)]


def _told(ran: Ran, operator: Operator) -> str:
    """Everything that a run left behind: its streams, and every file beneath the place that it worked in."""
    files = [path for path in operator.cwd.rglob("*") if path.is_file() and path.name != "sentinai.toml"]
    return "\n".join([ran.out, ran.err, *(path.read_text(errors="replace") for path in files)])


def _silent(text: str) -> None:
    found = [text[max(0, text.find(one) - 80) : text.find(one) + 30] for one in SPELLINGS if one in text]
    assert found == []


@pytest.mark.parametrize(
    ("command", "output"), [(command, ("json", "table")[at % 2]) for at, command in enumerate(LINES)]
)
def test_a_command_that_cannot_reach_the_database_does_not_tell_the_password(
    command: str, output: str, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(operator.cwd)
    url = DatabaseUrl("127.0.0.1", 1, "ops", "sentinai", SECRET, {"sslpassword": SECRET})
    for line in LINES[command]:
        words = [word for word in _words(line) if word not in ("-o", "json", "jsonl", "csv", "tsv")]
        somebody = operator.at(url).given(SENTINAI_CONNECT_TIMEOUT="1", SENTINAI_TENANT=FINANCE)
        words = (
            words[: words.index("--profile")] + words[words.index("--profile") + 2 :] if "--profile" in words else words
        )
        bounded = ["--timeout", "1"] if command == "db wait" else []
        ran = somebody(*words, *bounded, "--debug", "-o", output, terminal=output == "table")
        _silent(_told(ran, somebody))


@pytest.mark.parametrize("command", LINES)
def test_a_command_that_fails_in_the_database_does_not_tell_the_password(
    command: str, bare: Operator, bare_url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bare.cwd)
    somebody = bare.at(replace(bare_url, password=SECRET)).given(SENTINAI_TENANT="NOBODY")
    if command in ("db reset", "db restore", "migrate down", "db environment set", "tenants create", "demo"):
        return  # they would change the database that others read
    for line in LINES[command]:
        _silent(_told(somebody(*_words(line), "--debug"), somebody))


def test_neither_journal_nor_events_nor_local_files_hold_the_password(
    operator: Operator, seeded_url: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(operator.cwd)
    url = replace(seeded_url, password=SECRET)
    somebody = operator.at(url).given(SENTINAI_HOME=str(tmp_path / "home"), SENTINAI_TENANT=FINANCE)
    said = f"because {url.text}"
    for words in (
        ["tenants", "create", "ACME", "--domain", "Finance", "--reason", said, "--actor", said],
        ["exceptions", "assign", "--to", "ada", "--type", "CASH_BREAK", "--reason", said, "--yes"],
        ["seed", "--tenant", FINANCE, "--seed", "3", "--count", "2", "--reason", said],
        ["events", "seal", "--all-tenants", "--reason", said],
        ["db", "backup", "kept.dump", "--reason", said],
        ["db", "reset", "--reason", said, "--confirm", str(seeded_url.database)],
    ):
        ran = somebody(*words)
        _silent(f"{words[0]}: {ran.out}{ran.err}")
    _silent(json.dumps(somebody.journal()))
    with connect(seeded_url) as admin:
        held = admin.execute("SELECT string_agg(o::text, ' ') FROM operation AS o").fetchone()
    _silent(str(held))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            _silent(path.read_text(errors="replace"))
