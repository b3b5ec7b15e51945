"""Options that belong together, spelled once as the fields of a class and taken by every command that has them."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any


def taking(
    body: Callable[..., None], group: type, *, name: str, options: Mapping[str, inspect.Parameter] | None = None
) -> Callable[..., None]:
    """A command whose parameter `name`, a `group`, has become the fields of it, or those in `options`."""
    fields = inspect.signature(group).parameters if options is None else options
    own = inspect.signature(body)
    mine = [parameter for each, parameter in own.parameters.items() if each != name]

    @wraps(body)
    def command(**given: Any) -> None:
        asked = group(**{field: given.pop(field) for field in fields})
        body(**{name: asked}, **given)

    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in (*mine, *fields.values())]
    command.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command
