"""The hidden first words that shells and the completion itself call `sentinai` with."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sentinai_cli.cli.app import root
from sentinai_cli.cli.command import Group
from sentinai_cli.cli.completion import Answer, complete, split
from sentinai_cli.cli.completion_name import REFRESH, Cache, refresh

COMPLETE = "__complete"


def answer(arguments: Sequence[str]) -> int:
    """Serve `__complete SHELL …` on standard output, or `__names PROFILE` in silence. Returns the exit code.

    Nothing is said about what goes wrong: a shell would write it across what is being typed.
    """
    try:
        if arguments[0] == REFRESH:
            refresh(arguments[1] or None, environ=os.environ, cwd=Path.cwd())
        else:
            sys.stdout.write(_lines(arguments[1], arguments[2:]))
            sys.stdout.flush()
    except Exception:  # noqa: BLE001
        return 1
    return 0


def _lines(shell: str, told: Sequence[str]) -> str:
    """`files` or `words` on the first line, then a line for each candidate, its meaning behind a tab.

    bash tells where it breaks words and the line up to the cursor, the others the words and the one being typed.
    """
    breaks = ""
    if shell == "bash":
        breaks = told[0]
        words, typed = split(told[1])
    else:
        words, typed = list(told[:-1]), told[-1]
    tree = root()
    assert isinstance(tree, Group)
    cache = Cache(profile=_profile(words), environ=os.environ, cwd=Path.cwd())
    found: Answer = complete(tree, words, typed, cache.names)
    if found.files:
        return "files\n"
    cut = max((typed.rfind(mark) for mark in breaks), default=-1) + 1
    lines = [f"{one.word[cut:]}\t{' '.join(one.meaning.split())}".rstrip("\t") for one in found.candidates]
    return "\n".join(["words", *lines]) + "\n"


def _profile(words: Sequence[str]) -> str | None:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--profile" and following:
            return following
        if word.startswith("--profile="):
            return word.partition("=")[2] or None
    return None
