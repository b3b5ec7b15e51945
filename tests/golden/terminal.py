"""A stream that says it is a terminal."""

import io

from sentinai_cli.models.base import Model
from sentinai_cli.render.show import show
from tests.golden.sample import AT


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(model: Model, output: str | None = None, *fields: str, stream: io.StringIO | None = None) -> str:
    """What `show` writes to a pipe, or to the stream given."""
    stream = stream or io.StringIO()
    show(model, output=output, fields=fields, stream=stream, at=AT)
    return stream.getvalue()
