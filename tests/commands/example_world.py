"""A database and a directory in which the examples of the help pages can be typed as they stand."""

import json
import shlex
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from sentinai_cli.resources import bundled
from tests.commands.conftest import FINANCE
from tests.commands.operator import Operator, Ran

WITHOUT = {
    "demo": "it makes a server of its own; tests/commands/test_demo.py runs it",
    "db shell": "psql takes the process over",
    "db start": "it is about the embedded server, which tests/embedded runs",
    "db stop": "it is about the embedded server, which tests/embedded runs",
    "db logs": "it is about the embedded server, which has no log before it runs",
    "migrate new": "it writes into the checkout",
}
"""Commands whose examples do not run here, each with the reason."""

ENDLESS = ("--follow", "--watch")
"""Options that wait for what never comes here."""

ELSEWHERE = {"--via": "it needs a platform; tests/services/test_seed_delivery.py has one"}
"""Options that need what is not here, each with the reason."""

_SMALLER = {"1000000": "300"}
_ELSEWHERE_ON_DISK = ("/mnt/worm/", "/srv/")


@dataclass(frozen=True)
class World:
    """`place` holds the files that examples name; the words that stand for an id are replaced by a real one."""

    place: Path
    ids: dict[str, str]

    def words(self, line: str, operator: Operator) -> list[str]:
        """The words behind `sentinai`, placeholders filled, without a redirection and the comment."""
        words = shlex.split(line, comments=True)[1:]
        words = words[: next((at for at, word in enumerate(words) if word in ("<", ">")), None)]
        database = operator.environ["SENTINAI_DATABASE_URL"].partition("?")[0].rpartition("/")[2]
        return [self._word(word, before, database, operator) for before, word in zip(["", *words], words, strict=False)]

    def piped(self, line: str) -> bytes:
        """What `< FILE` brings."""
        words = shlex.split(line, comments=True)
        if "<" in words:
            return (self.place / words[words.index("<") + 1]).read_bytes()
        return (self.place / "acme.jsonl").read_bytes() if "-" in words else b""

    def _word(self, word: str, before: str, database: str, operator: Operator) -> str:
        if before == "--confirm" and word == "sentinai":
            return database
        for name, value in self.ids.items():
            if word == name or word.startswith(f"{name}:"):
                return value + word.removeprefix(name)
        for place in _ELSEWHERE_ON_DISK:
            if word.startswith(place):
                return str(operator.cwd / word.removeprefix(place))
        if word.startswith("domainpacks/"):
            return str(bundled("domainpacks") / word.removeprefix("domainpacks/"))
        return _SMALLER.get(word, word)


def build(operator: Operator) -> World:
    """Bring a seeded database to where every example has something to work on."""
    place = operator.cwd
    pack = json.loads((bundled("domainpacks") / "finance.sample.json").read_bytes())
    policy = json.loads((bundled("domainpacks") / "tenant_finance_001.policy.sample.json").read_bytes())
    _write(place / "pack.yaml", json.dumps({**pack, "description": "the second version"}))
    _write(place / "policy.yaml", json.dumps({**policy, "retentionPolicies": {"dataTTL": 400}}))
    _write(place / "payload.json", '{"tradeId": "T-1", "difference": "1500.00", "currency": "USD"}')
    _write(place / "feedback.json", '{"feedback_type": "agreement"}')
    _write(place / "change.sql", "SELECT 1;\n")
    _do(operator, "packs import pack.yaml")
    _do(operator, f"packs activate domain:Finance@2 --tenant {FINANCE} --yes")
    _do(operator, f"packs activate domain:Finance@1 --tenant {FINANCE} --yes")
    exceptions = [
        item["exception_id"]
        for item in _do(operator, f"exceptions list --tenant {FINANCE} --status open --limit 5 -o json").document[
            "items"
        ]
    ]
    _write(place / "ids.tsv", _do(operator, f"exceptions list --tenant {FINANCE} --limit 3 -o tsv").out)
    for output in ("jsonl", "csv", "json"):
        exported = _do(operator, f"exceptions export --tenant {FINANCE} --type CASH_BREAK -o {output}").out
        _write(place / f"breaks.{output}", exported)
    _write(place / "acme.jsonl", (place / "breaks.jsonl").read_text(encoding="utf-8").replace(FINANCE, "ACME"))
    _do(operator, "events seal --all-tenants")
    _do(operator, "events anchor anchors.jsonl --all-tenants")
    _write(place / "proof.json", _do(operator, f"events prove {exceptions[0]}:1 -o json").out)
    hold = _do(
        operator, f"retention hold --tenant {FINANCE} --exception {exceptions[1]} --reason case -o json"
    ).document
    _do(operator, f"exceptions resolve {exceptions[2]} --tenant {FINANCE} --plan-out plan.json")
    run = _do(operator, f"seed runs --tenant {FINANCE} -o json").document["items"][0]["identity"][:12]
    _do(operator, f"exceptions assign {exceptions[3]} --to ada --tenant {FINANCE}")
    ids = {
        "EXCEPTION": exceptions[0],
        "HOLD": hold["hold"]["hold_id"],
        "RUN": run,
        "OPERATION": operator.journal()[0]["operation_id"],
    }
    return World(place, ids)


def enter(world: World, operator: Operator, place: Path) -> Operator:
    """The operator in a directory of their own with the files, and with the profiles that examples name."""
    shutil.copytree(world.place, place, dirs_exist_ok=True)
    url = operator.environ["SENTINAI_DATABASE_URL"]
    profiles = "".join(f'[profiles.{name}]\ndatabase_url = "{url}"\n' for name in ("staging", "live"))
    _write(place / "sentinai.toml", profiles)
    return replace(operator, cwd=place)


def _do(operator: Operator, line: str) -> Ran:
    ran = operator(*shlex.split(line))
    assert ran.code == 0, f"{line}: {ran.err}"
    return ran


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
