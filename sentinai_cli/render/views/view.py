"""The one door to all views."""

from datetime import datetime
from functools import singledispatch

from rich.console import RenderableType

from sentinai_cli.models.base import Model


@singledispatch
def view(model: Model, at: datetime) -> RenderableType:
    """What a terminal shows for a result; `at` is the moment that ages and deadlines are told from.

    Register one with `@view.register` in a module of this package. Without one it is a bug: TypeError.
    """
    raise TypeError(f"there is no view for {type(model).__name__}")
