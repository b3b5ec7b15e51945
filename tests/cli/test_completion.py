"""What may follow a half-typed command line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.cli.app import root
from sentinai_cli.cli.command import Group
from sentinai_cli.cli.completion import Answer, complete, is_safe, split

HELD = {
    "tenant": [("ACME", ""), ("BETA", "")],
    "pack": [("domain:Finance@1", ""), ("policy:ACME@2", "ACME"), ("policy:BETA@1", "BETA")],
    "type": [("CASH_BREAK", ""), ("CLAIM_EXPIRED", "")],
    "event_type": [("CommentAdded", "")],
    "exception": [("FIN-1", "ACME"), ("HC-1", "BETA"), ("$(rm -rf ~)", "ACME"), ("a b", "ACME"), ("-rf", "ACME")],
    "scenario": [("default", ""), ("quarter_end", "")],
    "profile": [("embedded", ""), ("live", "")],
}


def _answer(line: str) -> Answer:
    words, typed = split(line)
    tree = root()
    assert isinstance(tree, Group)

    def known(kind: str, tenant: str | None) -> list[str]:
        return [name for name, owner in HELD.get(kind, []) if tenant is None or owner in ("", tenant)]

    return complete(tree, words, typed, known)


def _offered(line: str) -> list[str]:
    return [candidate.word for candidate in _answer(line).candidates]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sentinai exc", ["exceptions"]),
        ("sentinai config p", ["profiles"]),
        ("sentinai db environment s", ["show", "set"]),
        ("sentinai nothing-like-it x", []),
        ("sentinai exceptions list --ten", ["--tenant"]),
        ("sentinai exceptions list --tenant ", ["ACME", "BETA"]),
        ("sentinai exceptions list --tenant=B", ["--tenant=BETA"]),
        ("sentinai exceptions list --status o", ["open"]),
        ("sentinai exceptions list --status open,r", ["open,resolved"]),
        ("sentinai exceptions list --type C", ["CASH_BREAK", "CLAIM_EXPIRED"]),
        ("sentinai events list --type C", ["CommentAdded"]),
        ("sentinai db environment set p", ["production"]),
        ("sentinai exceptions show ", ["FIN-1", "HC-1"]),
        ("sentinai exceptions show --tenant BETA ", ["HC-1"]),
        ("sentinai exceptions resolve FIN-1 H", ["HC-1"]),
        ("sentinai exceptions show -- F", ["FIN-1"]),
        ("sentinai packs activate policy:ACME@2 --tenant A", ["ACME"]),
        ("sentinai packs impact --tenant ACME p", ["policy:ACME@2"]),
        ("sentinai packs schema d", ["domain"]),
        ("sentinai seed --scenario q", ["quarter_end"]),
        ("sentinai seed plan --scenario q", ["quarter_end"]),
        ("sentinai seed pl", ["plan"]),
        ("sentinai migrate --environment st", ["staging"]),
        ("sentinai -o js", ["json", "jsonl"]),
        ("sentinai exceptions list -o c", ["csv"]),
        ("sentinai --profile l", ["live"]),
        ("sentinai --profile live config use e", ["embedded"]),
        ("sentinai status --fields x --pro", ["--profile"]),
        ("sentinai exceptions list --search 'two words' --lim", ["--limit"]),
        ("sentinai exceptions list --search 'two wo", []),
    ],
)
def test_what_is_offered_fits_the_place_and_what_was_typed(line: str, words: list[str]) -> None:
    assert _offered(line) == words


def test_files_are_left_to_the_shell() -> None:
    for line in ("sentinai packs validate ", "sentinai db backup x", "sentinai exceptions resolve --plan-out "):
        assert _answer(line) == Answer(files=True)


def test_commands_and_options_come_with_their_meaning() -> None:
    (found,) = _answer("sentinai stat").candidates
    assert found.meaning == "Which database this is, and what it holds."
    (found,) = _answer("sentinai status --deb").candidates
    assert found.meaning == "Show the traceback of an error."


def test_a_name_that_a_shell_might_act_on_is_not_offered() -> None:
    offered = _offered("sentinai exceptions show ")
    assert offered
    assert all(is_safe(word) for word in offered)
    for word in ("$(x)", "`x`", "a;b", "a b", "a'b", 'a"b', "-x", "~x", "a\nb", "\x1b[31m", "a\\b", "*", "", "x" * 200):
        assert not is_safe(word)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(["sentinai", "exceptions", "list", "--tenant", "-o", "--", "'", '"', "\\", "=", "é", " "]))
)
def test_no_line_however_odd_is_too_much(pieces: list[str]) -> None:
    _offered(" ".join(["sentinai", *pieces]))
