"""Every command that changes the database stands in its journal, and so does whoever looks at everything."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.resources import bundled
from tests.commands.conftest import AS_OF, FINANCE, HEALTHCARE
from tests.commands.operator import Operator, Ran
from tests.commands.test_examples import COMMANDS
from tests.commands.test_mutation import CHANGING

PACK = bundled("domainpacks") / "finance.sample.json"
WHO = ["--actor", "jo", "--reason", "CHG-7"]
ELSEWHERE = {
    "demo": "on a server of its own: tests/commands/test_demo.py",
    "db reset": "its journal begins anew: tests/commands/test_database.py",
    "db restore": "it replaces the database: tests/commands/test_backup.py",
    "db shell": "it becomes psql: here, below",
    "migrate upgrade": "there is nothing to do on a migrated database: tests/commands/test_operation.py",
    "migrate down": "it takes tables away: tests/commands/test_migrate.py",
}
"""Changing commands that are not run in the script, each with the reason and where their entry is looked for."""


class Script:
    """A day on which everything is changed once, in an order in which that is possible."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        rows = self._items("exceptions", "list", "--tenant", FINANCE, "--status", "open", "--limit", "5")
        self._ids = [row["exception_id"] for row in rows]

    def _items(self, *words: str) -> list[dict[str, str]]:
        return list(self._operator(*words, "-o", "json").document["items"])

    def steps(self) -> Iterator[tuple[str, list[str], bytes]]:
        """The command, its words behind it, and its standard input."""
        place = str(self._operator.cwd)
        first, second, third, *_ = self._ids
        own = ["--tenant", FINANCE]
        yield "seed run", [*own, "--count", "60", "--as-of", AS_OF], b""
        yield "seed drip", [*own, "--rate", "5/s", "--for", "1s"], b""
        yield "exceptions assign", [first, "--to", "ada", *own], b""
        yield "operations undo", [self._operator.journal()[0]["operation_id"], "--yes"], b""
        yield "exceptions escalate", [second, "--to", "desk", *own], b""
        yield "exceptions resolve", [third, *own], b""
        yield "exceptions reopen", [third, *own], b""
        yield "exceptions comment", [first, "--text", "seen", *own], b""
        plan = f"{place}/plan.json"
        assert self._operator("exceptions", "resolve", first, *own, *WHO, "--plan-out", plan).code == 0
        yield "exceptions apply", [plan, "--yes"], b""
        exported = self._operator("exceptions", "export", "--tenant", FINANCE, "-o", "jsonl").out.splitlines()[0]
        record = {**json.loads(exported), "exceptionId": "NEW-1"}
        yield "exceptions ingest", ["-", "--format", "jsonl", *own], json.dumps(record).encode()
        yield "events append", [second, "--type", "CommentAdded", "--payload", '{"text": "x"}', *own], b""
        yield "events seal", ["--all-tenants"], b""
        yield "packs import", ["-"], json.dumps({**json.loads(PACK.read_bytes()), "description": "new"}).encode()
        yield "packs activate", ["domain:Finance@2", *own, "--yes"], b""
        yield "packs rollback", [*own, "--yes"], b""
        tool = self._items("tools", "list", *own)[0]["name"]
        yield "tools disable", [tool, *own], b""
        yield "tools enable", [tool, *own], b""
        yield "tenants create", ["ACME", "--domain", "Finance"], b""
        yield "tenants suspend", ["ACME", "--yes"], b""
        yield "tenants archive", ["ACME", "--yes"], b""
        yield "tenants activate", ["ACME"], b""
        yield "retention hold", [*own], b""
        yield "retention release", [self._items("retention", "holds")[0]["hold_id"], "--yes"], b""
        yield "retention run", [*own, "--older-than", "0", "--to", f"{place}/exports", "--confirm", FINANCE], b""
        yield "seed reset", ["--tenant", HEALTHCARE, "--confirm", HEALTHCARE], b""
        yield "tenants purge", ["ACME", "--to", f"{place}/exports", "--confirm", "ACME"], b""
        yield "retention journal", ["--older-than", "60", "--to", f"{place}/exports", "--confirm", self.database], b""
        yield "db environment set", ["staging"], b""

    @property
    def database(self) -> str:
        """What a confirmation asks for."""
        url = DatabaseUrl.parse(self._operator.environ["SENTINAI_DATABASE_URL"], source="the test")
        return str(url.database)


def test_every_changing_command_leaves_an_entry_with_who_and_why(seeded: Operator) -> None:
    done = set()
    for command, words, piped in Script(seeded).steps():
        ran = seeded(*command.split(), *words, *WHO, piped=piped)
        assert ran.code == 0, f"{command}: {ran.err}"
        newest = seeded.journal()[0]
        assert (newest["command"], newest["actor"], newest["reason"]) == (command, "jo", "CHG-7")
        assert newest["outcome"] == ("unchanged" if command == "retention journal" else "done"), command
        assert newest["reads"] is False
        done.add(command)
    assert done | ELSEWHERE.keys() == {" ".join(path) for path in CHANGING}


def test_a_shell_is_entered_when_it_is_opened(seeded: Operator, tmp_path: Path) -> None:
    opened: list[str] = []

    def instead(path: str, *_: object) -> None:
        opened.append(path)

    psql = tmp_path / "psql"
    psql.write_text("#!/bin/sh\n")
    psql.chmod(0o755)
    seeded.monkeypatch.setenv("PATH", str(tmp_path))
    seeded.monkeypatch.setattr("os.execve", instead)
    assert seeded("db", "shell").code == 0
    assert opened == [str(psql)]
    assert seeded.journal()[0]["command"] == "db shell"


READS = ("exceptions list", "exceptions stats", "exceptions export", "events list", "packs list", "tools list")


def _readings(operator: Operator) -> list[dict[str, object]]:
    return list(operator("operations", "list", "--reads", "-o", "json").document["items"])


@pytest.mark.parametrize("line", READS)
def test_whoever_looks_at_all_tenants_is_entered(line: str, seeded: Operator) -> None:
    before = seeded.journal()
    ran = seeded.given(SENTINAI_ACTOR="ada")(*line.split())
    assert ran.code == 0
    newest = _readings(seeded)[0]
    assert (newest["command"], newest["actor"], newest["tenant_id"], newest["reads"]) == (line, "ada", None, True)
    assert seeded.journal() == before


@pytest.mark.parametrize("line", ["exceptions export", "events export"])
def test_whoever_exports_one_tenant_is_entered_and_whoever_lists_it_is_not(line: str, seeded: Operator) -> None:
    assert seeded(*line.split(), "--tenant", FINANCE).code == 0
    assert seeded("exceptions", "list", "--tenant", FINANCE).code == 0
    (only,) = _readings(seeded)
    assert (only["command"], only["tenant_id"]) == (line, FINANCE)


def test_what_was_looked_for_is_not_in_the_journal_but_can_be_told_apart(seeded: Operator) -> None:
    for text in ("John Smith", "Jane Smith", "John Smith"):
        assert seeded("exceptions", "list", "--search", text).code == 0
    entries = _readings(seeded)
    assert "Smith" not in json.dumps(entries)
    digests = [entry["after"]["filter"] for entry in entries if isinstance(entry["after"], dict)]
    assert digests[0] == digests[2] != digests[1]


def test_on_a_server_that_only_reads_a_list_is_shown_and_the_gap_is_told(
    seeded: Operator, seeded_url: DatabaseUrl
) -> None:
    from tests.conftest import connect

    with connect(seeded_url) as admin:
        admin.execute(f"ALTER DATABASE {seeded_url.database} SET default_transaction_read_only = on")
    ran: Ran = seeded("exceptions", "list", "-o", "json")
    assert (ran.code, len(ran.document["items"])) == (0, 50)
    assert "this reading is not in the operator journal: cannot execute INSERT in a read-only transaction" in ran.err
    assert _readings(seeded) == []


def test_every_command_has_a_class() -> None:
    assert {command.mutation for command in COMMANDS.values()} == {"reads", "local", "writes", "severe"}
