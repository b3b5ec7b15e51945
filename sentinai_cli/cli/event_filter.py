"""The options by which events are chosen, the same for every command that reads many of them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.option_group import taking
from sentinai_cli.cli.options import Since, Until
from sentinai_cli.errors import InvalidInput

if TYPE_CHECKING:
    from sentinai_cli.models.event_list import EventFilter


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of a filter, as given."""

    exception_id: Annotated[str | None, typer.Option("--exception", metavar="ID", help="Of this exception.")] = None
    event_type: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Of this event type, for example StatusChanged.")
    ] = None
    by: Annotated[list[str] | None, typer.Option("--by", metavar="NAME", help="By this actor.")] = None
    since: Since = None
    until: Until = None

    def chosen(self) -> "EventFilter":
        """The filter that these options spell; the order of their values does not matter. Raises InvalidInput."""
        from sentinai_cli.models.event import EventType
        from sentinai_cli.models.event_list import EventFilter

        known = {kind.value.lower(): kind.value for kind in EventType}
        unknown = [name for name in self.event_type or () if name.lower() not in known]
        if unknown:
            raise InvalidInput(
                "unknown_word", f"{unknown[0][:40]!r} is no event type", why=f"one of {', '.join(known.values())}"
            )
        return EventFilter(
            exception_id=self.exception_id,
            types=tuple(sorted({known[name.lower()] for name in self.event_type or ()})),
            actors=tuple(sorted(set(self.by or ()))),
            since=self.since,
            until=self.until,
        )


def filtered(body: Callable[..., None]) -> Callable[..., None]:
    """Let a command take the options of a filter: its parameter `asked` becomes all of them."""
    return taking(body, Asked, name="asked")


def filtered_by(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The same with some of the options only, by their names in `Asked`."""
    options = inspect.signature(Asked).parameters
    return lambda body: taking(body, Asked, name="asked", options={name: options[name] for name in names})
