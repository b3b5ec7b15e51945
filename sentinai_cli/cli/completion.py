"""What may follow a half-typed command line. Imports no model and opens nothing: a shell waits for it."""

import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sentinai_cli.cli.click import ClickCommand, Context, Parameter, TyperArgument, TyperOption
from sentinai_cli.cli.command import Group
from sentinai_cli.cli.shared import FORMATS

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,127}")

Known = Callable[[str, str | None], Iterable[str]]
"""The names of a kind (`tenant`, `pack` …), of one tenant or of all."""

KIND_OF = {
    "--tenant": "tenant",
    "--exception": "exception",
    "--scenario": "scenario",
    "--domain": "domain",
    "--profile": "profile",
    "TENANT": "tenant",
    "EXCEPTION": "exception",
    "EXCEPTIONS": "exception",
    "SCENARIO": "scenario",
    "DOMAIN": "domain",
    "PROFILE": "profile",
    "PACK": "pack",
    "A": "pack",
    "B": "pack",
    "TYPE": "type",
    "RUN": "run",
    "PLAYBOOK": "playbook",
    "TOOL": "tool",
    "OPERATION": "operation",
}
"""What the value of an option, or of a metavar, is the name of."""

_FILES = ("FILE", "PATH", "DIRECTORY", "DIR")


@dataclass(frozen=True)
class Candidate:
    """A whole word that may stand there, and what it means."""

    word: str
    meaning: str = ""


@dataclass(frozen=True)
class Answer:
    """`candidates` fit what was typed; `files` leaves it to the shell, which knows them better."""

    candidates: tuple[Candidate, ...] = ()
    files: bool = False


@dataclass
class _Place:
    """Where the words before the cursor have led: the command, its arguments so far, an option that wants a value."""

    command: ClickCommand
    arguments: int = 0
    option: TyperOption | None = None
    only_arguments: bool = False
    group: str = ""
    tenant: str | None = None


def is_safe(word: str) -> bool:
    """Whether a shell takes the word as it is, so that no name can be a command, an option or an escape sequence."""
    return _SAFE.fullmatch(word) is not None


def split(line: str) -> tuple[list[str], str]:
    """The finished words of a command line as a shell reads them, and the one that is being typed."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:  # a quote is still open
        words.append(lexer.token.lstrip("'\""))
        return words[:-1], words[-1]
    if not line or line[-1].isspace():
        return words, ""
    return words[:-1], words[-1] if words else ""


def complete(tree: Group, words: Sequence[str], typed: str, known: Known) -> Answer:
    """What may stand in the place of `typed`, behind `words`, of which the first is the program."""
    place = _walk(tree, words[1:])
    if place.option is not None:
        return _values(place, place.option, typed, "", known)
    if typed.startswith("-") and not place.only_arguments:
        name, equals, value = typed.partition("=")
        if equals and (option := _option(place.command, name)):
            return _values(place, option, value, f"{name}=", known)
        return Answer(tuple(_fitting(_options(place.command), typed)))
    if isinstance(place.command, Group) and not place.arguments:
        sections = place.command.sections(_context(place))
        offered = [Candidate(name, meaning) for _, rows in sections for name, meaning in rows]
        return Answer(tuple(_fitting(offered, typed)))
    argument = _argument(place)
    return _values(place, argument, typed, "", known) if argument else Answer()


def _walk(tree: Group, words: Sequence[str]) -> _Place:
    place = _Place(tree)
    for word in words:
        if place.option is not None:
            _note_tenant(place, place.option, word)
            place.option = None
        elif word == "--":
            place.only_arguments = True
        elif word.startswith("-") and len(word) > 1 and not place.only_arguments:
            name, equals, value = word.partition("=")
            option = _option(place.command, name)
            if option is not None and equals:
                _note_tenant(place, option, value)
            elif option is not None and not option.is_flag and not option.count:
                place.option = option
        else:
            _step(place, word)
    return place


def _step(place: _Place, word: str) -> None:
    """One word that is no option: the name of a command, or an argument."""
    inner = place.command.get_command(_context(place), word) if isinstance(place.command, Group) else None
    if inner is not None and not place.arguments:
        place.command, place.group = inner, place.group or word
    else:
        place.arguments += 1


def _context(place: _Place) -> Context:
    return Context(place.command)


def _note_tenant(place: _Place, option: TyperOption, value: str) -> None:
    if "--tenant" in option.opts:
        place.tenant = value


def _params(command: ClickCommand) -> list[Parameter]:
    """The parameters of a command; a group also takes those of the command that it is when it is called bare."""
    if isinstance(command, Group) and command.bare is not None:
        return [*command.params, *command.commands[command.bare].params]
    return list(command.params)


def _option(command: ClickCommand, name: str) -> TyperOption | None:
    for param in _params(command):
        if isinstance(param, TyperOption) and name in (*param.opts, *param.secondary_opts):
            return param
    return None


def _options(command: ClickCommand) -> Iterable[Candidate]:
    for param in _params(command):
        if isinstance(param, TyperOption) and not param.hidden:
            long = [name for name in param.opts if name.startswith("--")][:1]  # the first; the others mean the same
            for name in (*long, *param.secondary_opts):
                yield Candidate(name, param.help or "")


def _argument(place: _Place) -> TyperArgument | None:
    """The argument that the next word would be; the last one may take many."""
    arguments = [param for param in _params(place.command) if isinstance(param, TyperArgument)]
    for at, argument in enumerate(arguments):
        if at == place.arguments or (argument.nargs == -1 and at <= place.arguments):
            return argument
    return None


def _values(place: _Place, param: TyperOption | TyperArgument, typed: str, before: str, known: Known) -> Answer:
    """The values that `param` may have; `before` is what stands in front of the value in the same word."""
    name = param.opts[0] if isinstance(param, TyperOption) else ""
    metavar = (param.metavar or "").strip("[].").removesuffix("...")
    if metavar in _FILES:
        return Answer(files=True)
    if param.type_descriptor.choices:
        return _words(param.type_descriptor.choices, typed, before)
    if "|" in metavar:
        return _words(metavar.split("|"), typed, before)
    if name in ("-o", "--output"):
        return _words(FORMATS, typed, before)
    kind = KIND_OF.get(name) or KIND_OF.get(metavar)
    if kind == "type" and place.group == "events":
        kind = "event_type"
    return _words(known(kind, place.tenant), typed, before) if kind else Answer()


def _words(words: Iterable[object], typed: str, before: str) -> Answer:
    """Those that go on from what was typed behind its last comma, safe ones only."""
    head, comma, last = typed.rpartition(",")
    given = head.split(",")
    offered = (
        Candidate(f"{before}{head}{comma}{word}") for word in map(str, words) if is_safe(word) and word not in given
    )
    return Answer(tuple(_fitting(offered, f"{before}{head}{comma}{last}")))


def _fitting(candidates: Iterable[Candidate], typed: str) -> Iterable[Candidate]:
    return (candidate for candidate in candidates if candidate.word.startswith(typed))
