"""A script as statements, and a reader that walks the words of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sentinai_cli.db.ddl.lexer import Kind, Token, tokens


@dataclass(frozen=True)
class Statement:
    """One statement without its semicolon. `line` is where its first token stands, counted from 1."""

    text: str
    line: int
    tokens: tuple[Token, ...]

    def starts(self, *words: str) -> bool:
        """Whether it begins with these keywords."""
        return self.has(*words, at=0)

    def has(self, *words: str, at: int | None = None) -> bool:
        """Whether these keywords stand side by side, at a place or anywhere outside strings and quoted names."""
        places = range(len(self.tokens) - len(words) + 1) if at is None else (at,)
        return any(self._are(words, place) for place in places)

    def _are(self, words: Sequence[str], at: int) -> bool:
        part = self.tokens[at : at + len(words)]
        return len(part) == len(words) and all(
            token.kind in (Kind.WORD, Kind.SYMBOL) and token.text == word
            for token, word in zip(part, words, strict=True)
        )


def statements(script: str) -> Iterator[Statement]:
    """The statements of a script; empty ones are left out. A psql meta-command is not SQL and not understood.

    `BEGIN ATOMIC … END` of SQL-language functions keeps its semicolons.
    """
    found: list[Token] = []
    depth = 0
    for token in tokens(script):
        if token.text == ";" and token.kind is Kind.SYMBOL and not depth:
            if found:
                yield _made(script, found)
            found = []
            continue
        if token.kind is Kind.WORD:
            if token.text == "ATOMIC" and found and found[-1].text == "BEGIN":
                depth = 1
            elif depth and token.text == "CASE":
                depth += 1
            elif depth and token.text == "END":
                depth -= 1
        found.append(token)
    if found:
        yield _made(script, found)


def _made(script: str, found: list[Token]) -> Statement:
    return Statement(script[found[0].start : found[-1].end], found[0].line, tuple(found))


class Reader:
    """A place in a run of tokens, moved on by what is found there."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    @property
    def rest(self) -> Sequence[Token]:
        """What is left."""
        return self._tokens[self._at :]

    def take(self, *words: str) -> bool:
        """Move over these keywords or symbols if they come next; whether they did."""
        part = self._tokens[self._at : self._at + len(words)]
        if [(token.text, token.kind in (Kind.WORD, Kind.SYMBOL)) for token in part] != [(word, True) for word in words]:
            return False
        self._at += len(words)
        return True

    def take_any(self, *choices: str) -> bool:
        """Move over any of these phrases, each of space-separated keywords; the first that fits."""
        return any(self.take(*choice.split()) for choice in choices)

    def skip_to(self, *words: str) -> bool:
        """Move behind the next place outside parentheses where these keywords stand; to the end if nowhere."""
        depth = 0
        while not self.done:
            if not depth and self.take(*words):
                return True
            text = self._tokens[self._at].text if self._tokens[self._at].kind is Kind.SYMBOL else ""
            depth += (text == "(") - (text == ")")
            self._at += 1
        return False

    def name(self) -> str | None:
        """Take a name, `schema.name` becoming just the name where the schema is public; None if none comes next."""
        if self.done or self._tokens[self._at].kind not in (Kind.WORD, Kind.QUOTED):
            return None
        parts = [self._tokens[self._at].name]
        self._at += 1
        while self.take(".") and not self.done:
            parts.append(self._tokens[self._at].name)
            self._at += 1
        return ".".join(parts).removeprefix("public.")

    def names(self) -> list[str]:
        """Take names with commas between, each perhaps after ONLY and before `*`."""
        found = []
        while True:
            self.take("ONLY")
            if (one := self.name()) is not None:
                found.append(one)
            self.take("*")
            if not self.take(","):
                return found

    def parts(self) -> Iterator[Sequence[Token]]:
        """What is left, split at the commas outside parentheses and brackets."""
        depth, begin = 0, self._at
        for at in range(self._at, len(self._tokens)):
            token = self._tokens[at]
            if token.kind is Kind.SYMBOL:
                depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
                if token.text == "," and not depth:
                    yield self._tokens[begin:at]
                    begin = at + 1
        yield self._tokens[begin:]

    def parenthesised(self) -> "Reader | None":
        """A reader of what stands in the parentheses that come next, moving behind them; None if none do."""
        if not self.take("("):
            return None
        depth, begin = 1, self._at
        while not self.done:
            token = self._tokens[self._at]
            if token.kind is Kind.SYMBOL:
                depth += (token.text == "(") - (token.text == ")")
            self._at += 1
            if not depth:
                return Reader(self._tokens[begin : self._at - 1])
        return Reader(self._tokens[begin:])
