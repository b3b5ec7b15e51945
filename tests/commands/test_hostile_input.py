"""Whatever text somebody gives is stored exactly as it is, or refused clearly with nothing changed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sentinai_cli.render.text import is_harmless
from sentinai_cli.resources import bundled
from tests.commands.conftest import FINANCE
from tests.commands.operator import Operator, Ran

TEXTS = {
    "clears the screen": "\x1b[2J\x1b[Hgone",
    "writes the clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "a link": "\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\",
    "bidi": "invoice\u202egpj.exe \u2066hidden\u2069",
    "markup": "[bold red]paid[/bold red] [link=http://evil]here[/link] :smile:",
    "right to left": "שרה כהן و عائشة",
    "several code points": "e\u0301 é \U0001f469\u200d\u2695\ufe0f \ufeff",
    "lines": "one\ttwo\r\nthree\nerror[unexpected]: four",
    "quotes": "'; DROP TABLE exception; -- \" \\ %s %(x)s {x} $1",
    "NUL": "a\x00b",
    "half a character": "a\udcffb",
    "a megabyte": "ü" * 2**19,
}
NEVER_STORED = ("NUL", "half a character")
MAYBE_REFUSED = (*NEVER_STORED, "a megabyte")
SHOWN = ("clears the screen", "a megabyte")
"""Those that every format is tried with here; what it does to each character is tried on its own."""


@dataclass(frozen=True)
class Place:
    """Where a text goes in, how it is asked for again, and where it stands in the answer."""

    give: Callable[[str, str], list[str]]
    ask: list[str]
    find: Callable[[Any], object]


def _made(*more: str) -> Callable[[str, str], list[str]]:
    def words(text: str, _: str) -> list[str]:
        return ["tenants", "create", "NEW", *(text if word == "TEXT" else word for word in more)]

    return words


def _newest(document: Any) -> Any:
    return document["items"][0]


PLACES = {
    "tenant's name": Place(
        _made("--domain", "Finance", "--name", "TEXT"), ["tenants", "show", "NEW"], lambda document: document["name"]
    ),
    "tenant's domain": Place(_made("--domain", "TEXT"), ["tenants", "show", "NEW"], lambda shown: shown["domain"]),
    "reason": Place(
        _made("--domain", "Finance", "--reason", "TEXT"), ["operations", "list"], lambda list_: _newest(list_)["reason"]
    ),
    "actor": Place(
        _made("--domain", "Finance", "--actor", "TEXT"), ["operations", "list"], lambda list_: _newest(list_)["actor"]
    ),
    "pack's note": Place(
        lambda text, _: ["packs", "import", "pack.json", "--note", text],
        ["packs", "show", "domain:Finance"],
        lambda shown: shown["note"],
    ),
    "pack's description": Place(
        lambda text, _: ["packs", "import", f"pack:{text}"],
        ["packs", "show", "domain:Finance"],
        lambda shown: shown["pack"]["description"],
    ),
    "comment": Place(
        lambda text, name: [
            "events",
            "append",
            name,
            "--tenant",
            FINANCE,
            "--type",
            "CommentAdded",
            "--payload",
            json.dumps({"text": text}),
        ],
        ["exceptions", "show", "EXCEPTION"],
        lambda shown: shown["events"][-1]["payload"]["text"],
    ),
    "actor of an event": Place(
        lambda text, name: [
            *["events", "append", name, "--tenant", FINANCE, "--type", "CommentAdded", "--payload", '{"text": "x"}'],
            *["--actor", text],
        ],
        ["exceptions", "show", "EXCEPTION"],
        lambda shown: shown["events"][-1]["actor_id"],
    ),
}


def _acts(text: str) -> set[str]:
    return {char for char in text if not is_harmless(char) and char not in "\n\t"}


def _exception(operator: Operator) -> str:
    found = operator("exceptions", "list", "--tenant", FINANCE, "--limit", "1", "-o", "json").document
    return str(found["items"][0]["exception_id"])


def _numbered(words: list[str], number: int, exception_id: str) -> list[str]:
    """The words for this text alone: a tenant of its own, the newest version, the exception."""
    meant = {"NEW": f"NEW_{number}", "EXCEPTION": exception_id}
    return [meant.get(word, word) for word in words]


def _give(operator: Operator, words: list[str]) -> Ran:
    """Run the words; a pack file is written first, different each time."""
    content = json.loads((bundled("domainpacks") / "finance.sample.json").read_text())
    content["description"] = words[2].removeprefix("pack:") if words[2].startswith("pack:") else str(words)
    file = operator.cwd / "pack.json"
    file.write_bytes(json.dumps(content).encode())
    return operator(*(str(file) if word.startswith(("pack:", "pack.json")) else word for word in words), "-o", "json")


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_a_text_is_stored_exactly_or_refused_and_then_shown_safely(place: Place, seeded: Operator) -> None:
    name, stored = _exception(seeded), set()
    for number, (what, text) in enumerate(TEXTS.items()):
        given, asked = (_numbered(words, number, name) for words in (place.give(text, name), place.ask))
        before = seeded.journal() if what in MAYBE_REFUSED else []
        ran = _give(seeded, given)
        assert not _acts(ran.err), what
        if ran.code == 0:
            stored.add(what)
            assert place.find(seeded(*asked, "-o", "json").document) == text, what
        else:
            assert ran.code == 2, (what, ran.err[-300:])
            assert ran.failure["code"] != "unexpected"
            assert what in MAYBE_REFUSED
            assert seeded.journal() == before
        for output in ("table", "csv", "tsv", "jsonl") if what in SHOWN and ran.code == 0 else ():
            shown = seeded(*asked, "-o", output)
            assert not _acts(shown.out), (what, output)
    assert TEXTS.keys() - set(MAYBE_REFUSED) <= stored <= TEXTS.keys() - set(NEVER_STORED)
