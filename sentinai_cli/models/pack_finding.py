"""What is wrong with a pack, and where."""

from sentinai_cli.models.base import Model


class Finding(Model):
    """`pointer` is a JSON pointer (RFC 6901, empty for the document), `line` counts from 1 where a file is known.

    `suggestion` is the nearest valid name. No finding repeats a value that may be secret.
    """

    pointer: str
    line: int | None = None
    problem: str
    expected: str | None = None
    suggestion: str | None = None

    @property
    def sentence(self) -> str:
        """One line for people: where, what, what was expected and what was perhaps meant."""
        where = self.pointer or "/"
        if self.line is not None:
            where = f"line {self.line}, {where}"
        text = f"{where}: {self.problem}"
        if self.expected is not None:
            text += f"; expected {self.expected}"
        if self.suggestion is not None:
            text += f"; did you mean {self.suggestion!r}?"
        return text
