"""Help pages: what it is, examples, usage, options, what comes next. Written without Rich, which costs 40 ms."""

import re
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import TextIO

from sentinai_cli.cli.click import Parameter, TyperArgument, TyperOption
from sentinai_cli.cli.ink import Ink

Row = tuple[str, str]

_WIDEST = 110
_WIDEST_TERM = 26
_FLAG = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")


@dataclass
class Page:
    """A help page. `sections` holds titled rows of a term and its meaning; empty ones are left out."""

    text: str
    usage: str
    examples: Sequence[str] = ()
    sections: list[tuple[str, list[Row]]] = field(default_factory=list)
    following: Sequence[str] = ()

    def render(self, stream: TextIO) -> str:
        """The page as this stream can show it: coloured and as wide as the terminal, plain elsewhere."""
        ink = Ink(stream)
        width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
        first, *more = [paragraph.replace("\n", " ") for paragraph in cleandoc(self.text).split("\n\n")]
        blocks = [ink("strong", textwrap.fill(first, width))]
        if self.examples:
            blocks.append(_titled(ink, "Examples", _commands(ink, self.examples, width)))
        blocks += [textwrap.fill(paragraph, width) for paragraph in more]
        blocks.append(_titled(ink, "Usage", ["  " + self.usage]))
        terms = [len(term) for _, rows in self.sections for term, _ in rows]
        column = min(max(terms, default=0), _WIDEST_TERM)
        blocks += [_titled(ink, title, _rows(ink, rows, column, width)) for title, rows in self.sections if rows]
        if self.following:
            blocks.append(_titled(ink, "Next", _commands(ink, self.following, width)))
        return "\n\n".join(blocks) + "\n"


def _titled(ink: Ink, title: str, lines: Iterable[str]) -> str:
    return "\n".join([ink("title", title), *lines])


def _commands(ink: Ink, commands: Sequence[str], width: int) -> list[str]:
    """`sentinai status # what it shows`, the comments aligned, or above where there is no room beside.

    A comment stays a comment of the shell, so that what is shown can be pasted.
    """
    split = [
        (command.rstrip(), comment.strip()) for command, _, comment in (text.partition(" # ") for text in commands)
    ]
    column = max(len(command) for command, _ in split)
    if max(column + len(comment) + 6 for _, comment in split) > width:
        above = [[ink("faint", f"  # {comment}")] if comment else [] for _, comment in split]
        return [
            line for lines, (command, _) in zip(above, split, strict=True) for line in (*lines, _shown(ink, command))
        ]
    return [
        _shown(ink, command) + (" " * (column - len(command)) + ink("faint", f"  # {comment}") if comment else "")
        for command, comment in split
    ]


def _shown(ink: Ink, command: str) -> str:
    return f"  {ink('command', command)}"


def _rows(ink: Ink, rows: list[Row], column: int, width: int) -> list[str]:
    lines: list[str] = []
    for term, meaning in rows:
        painted = _FLAG.sub(lambda found: ink("option", found.group()), term)
        if not term.startswith("-"):
            painted = ink("command", term)
        wrapped = textwrap.wrap(meaning, max(width - column - 4, 24)) or [""]
        if len(term) > column:
            lines.append(f"  {painted}")
        else:
            lines.append(f"  {painted}{' ' * (column - len(term))}  {wrapped.pop(0)}".rstrip())
        lines += [" " * (column + 4) + line for line in wrapped]
    return lines


def option_rows(params: Sequence[Parameter]) -> list[tuple[str, list[Row]]]:
    """The arguments and options of a command as sections: arguments, options, then each named panel."""
    sections: dict[str, list[Row]] = {"Arguments": [], "Options": []}
    for param in params:
        if isinstance(param, TyperArgument) and not param.hidden:
            sections["Arguments"].append((param.metavar or param.name.upper(), _meaning(param)))
        elif isinstance(param, TyperOption) and not param.hidden:
            sections.setdefault(param.rich_help_panel or "Options", []).append((_names(param), _meaning(param)))
    return list(sections.items())


def _names(param: TyperOption) -> str:
    names = ", ".join(sorted(param.opts, key=lambda name: (name.startswith("--"), param.opts.index(name))))
    if param.secondary_opts:
        names += " / " + ", ".join(param.secondary_opts)
    return names if param.is_flag or param.count else f"{names} {_value(param)}"


def _value(param: TyperOption) -> str:
    choices = param.type_descriptor.choices
    if param.metavar is None and choices is not None:
        return "|".join(str(choice) for choice in choices)
    return param.metavar or param.name.upper()


def _meaning(param: TyperOption | TyperArgument) -> str:
    notes = []
    if param.required:
        notes.append("required")
    if isinstance(param, TyperOption) and param.multiple:
        notes.append("may be repeated")
    if param.envvar and param.show_envvar:
        notes.append(f"or {param.envvar}")
    if isinstance(param.show_default, str):
        notes.append(f"default {param.show_default}")
    elif param.show_default and param.default not in (None, False, (), []):
        notes.append(f"default {param.default}")
    return f"{param.help or ''}{' [' + ', '.join(notes) + ']' if notes else ''}"
