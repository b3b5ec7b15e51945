"""Python code in the making: a recipe is compiled into one function for each type, as dataclasses compile theirs.

The code holds names that are made here, numbers, and literals as `repr` writes them; nothing else that a recipe or a
pack says gets into it. Everything that is not a literal is bound by name.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType
from typing import Any

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.entries import Entries
from sentinai_cli.seeding.pools import Pools
from sentinai_cli.seeding.value import Kind, Value, constant

ATTEMPTS = 200
"""How often something is drawn again that must differ."""
_WIDE = 1 << 16


class Draft:
    """One function on its way. Words are drawn from `w`, the record's own; in a loop from a stream, by `more`."""

    def __init__(self, pools: Pools, names: Mapping[str, object], first_word: int) -> None:
        self.pools = pools
        self.word = first_word
        self.fields: dict[str, Value] = {}
        self._names = dict(names)
        self._late: dict[str, Callable[[], object]] = {}
        self._sections: dict[str, Entries] = {}
        self._lines: list[str] = []
        self._depth = 1
        self._looping = False
        self._made = 0

    def line(self, text: str) -> None:
        """A statement."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """A statement with a block; it stays well-formed when nothing is written into it."""
        self.line(header)
        self._depth += 1
        before = len(self._lines)
        yield
        if len(self._lines) == before:
            self.line("pass")
        self._depth -= 1

    @contextmanager
    def loop(self) -> Iterator[None]:
        """Up to so many attempts, with words of a stream of their own."""
        place, outside = self._made, self._looping
        self._made += 1
        self.line(f"more = again(number, {place})")
        with self.block(f"for _ in range({ATTEMPTS}):"):
            self._looping = True
            yield
            self._looping = outside

    def branch(self, write: Callable[["Draft"], Value]) -> tuple[list[str], Value, int]:
        """What is written for one of several cases: its lines, its value, and the first word that it leaves."""
        lines, depth, word = self._lines, self._depth, self.word
        self._lines, self._depth = [], 0
        value = write(self)
        written, after = self._lines, self.word
        self._lines, self._depth, self.word = lines, depth, word
        return written, value, after

    def lines(self, lines: list[str]) -> None:
        """Statements that were written for a case."""
        for line in lines:
            self.line(line)

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Fields that are made inside are not seen outside."""
        outside, self.fields = self.fields, dict(self.fields)
        yield
        self.fields = outside

    def keep(self, value: Value) -> Value:
        """The value under a name of its own."""
        name = self.name()
        self.line(f"{name} = {value.code}")
        return value.at(name)

    def name(self) -> str:
        """A new name."""
        self._made += 1
        return f"v{self._made}"

    def bind(self, content: object) -> str:
        """The name of something that the code refers to."""
        self._made += 1
        self._names[f"k{self._made}"] = content
        return f"k{self._made}"

    def entries(self, section: str) -> Entries:
        """The entries of a vocabulary section; those of one section are of one kind, however they are drawn."""
        if section not in self._sections:
            self._sections[section] = Entries(self.pools.section(section))
        return self._sections[section]

    def rows(self, entries: Entries, members: list[object] | None = None) -> str:
        """The name of a list of rows."""
        name = self.bind(None)
        self._late[name] = lambda: entries.rows(members)
        return name

    def place(self) -> str:
        """A word of 32 bits."""
        if self._looping:
            return "(more() >> 32)"
        self.word += 1
        return f"w[{self.word - 1}]"

    def below(self, limit: int | str) -> str:
        """0 to limit - 1. The bias is below one in 65536, for wide or computed limits below limit / 2^64."""
        if self._looping:
            return f"(more() * ({limit}) >> 64)"
        if isinstance(limit, int) and limit <= _WIDE:
            return f"({self.place()} * {limit} >> 32)"
        high, low = self.place(), self.place()
        return f"(({high} << 32 | {low}) * ({limit}) >> 64)"

    def resolve(self, term: object) -> Value:
        """`$name`, `$name.part`, `@day` or `@moment` as the value it names, anything else as it is.

        A field whose own name has a dot comes before a part of another. Raises InvalidInput for what is not above.
        """
        if not isinstance(term, str) or not term.startswith(("$", "@")):
            return constant(term)
        name = term.removeprefix("$")
        first, _, part = name.partition(".")
        value = self.fields.get(name) or self.fields.get(first)
        if value is None or value.kind is Kind.ABSENT or value.optional:
            raise InvalidInput("invalid_seeds", f"{term} is no field above that is always there")
        if name in self.fields:
            return value
        if value.entries is None or value.kind is not Kind.ENTRY:
            raise InvalidInput("invalid_seeds", f"{first} has no parts")
        return value.entries.part(value.code, part)

    def function(self, parameters: str) -> Callable[..., Any]:
        """The finished function."""
        names = self._names | {name: make() for name, make in self._late.items()}
        source = "\n".join([f"def made({parameters}):", *self._lines, ""])
        exec(_compiled(source), names)  # noqa: S102 - see above what it is made of
        made: Callable[..., Any] = names["made"]  # type: ignore[assignment]
        return made


@lru_cache(maxsize=256)
def _compiled(source: str) -> CodeType:
    """Tenants of one domain have one recipe: their functions differ in what is bound only."""
    return compile(source, "<recipe>", "exec")
