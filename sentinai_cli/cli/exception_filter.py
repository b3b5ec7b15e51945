"""The options by which exceptions are chosen, the same for every command that takes many of them."""

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from sentinai_cli.cli.moment import parse_moment, parse_span
from sentinai_cli.cli.option_group import taking
from sentinai_cli.cli.options import SEVERITIES, STATUSES, whole
from sentinai_cli.errors import InvalidInput

if TYPE_CHECKING:
    from sentinai_cli.models.exception import ExceptionFilter

NONE = "none"
"""The word for having no owner or entity."""
_RANGE = re.compile(r"(-?[0-9]{1,60}(?:\.[0-9]{1,60})?)?(\.\.)?(-?[0-9]{1,60}(?:\.[0-9]{1,60})?)?", re.ASCII)

_WORD = re.compile(r"(?:\\.|[^,])+", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)

_Several: TypeAlias = list[str] | None


def _several(name: str, metavar: str, what: str) -> Any:
    return typer.Option(name, metavar=metavar, help=f"{what} A,B for one of several, !A for anything else.")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of a filter, as given."""

    status: Annotated[_Several, _several("--status", "|".join(STATUSES), "In this status.")] = None
    severity: Annotated[_Several, _several("--severity", "|".join(SEVERITIES), "Of this severity.")] = None
    type_: Annotated[_Several, _several("--type", "TYPE", "Of this type, as CASH_BREAK.")] = None
    domain: Annotated[_Several, _several("--domain", "NAME", "Of this domain, as Finance.")] = None
    source: Annotated[_Several, _several("--source", "NAME", "From this source system.")] = None
    entity: Annotated[_Several, _several("--entity", "NAME", "About this entity, or none.")] = None
    owner: Annotated[_Several, _several("--owner", "NAME", "Of this owner, or none.")] = None
    playbook: Annotated[_Several, _several("--playbook", "PLAYBOOK", "Not resolved, in this playbook, or none.")] = None
    playbook_open: Annotated[bool, typer.Option("--playbook-open", help="Not resolved, with a next step.")] = False
    step: Annotated[
        list[int] | None,
        typer.Option(
            "--step", metavar="N", parser=whole(1, "a step"), help="Not resolved, at this step of its playbook."
        ),
    ] = None
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="From this time on: 2h, yesterday, or ISO (UTC).")
    ] = None
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Before this time: 2h, yesterday, or ISO (UTC).")
    ] = None
    breached: Annotated[bool, typer.Option("--breached", help="Not resolved and past the SLA deadline.")] = False
    due_within: Annotated[
        str | None,
        typer.Option(
            "--due-within", metavar="SPAN", help="Not resolved, deadline within 2h; with --breached those past it too."
        ),
    ] = None
    at_risk: Annotated[
        bool, typer.Option("--at-risk", help="Not resolved, 80 % of the time until the deadline used, not past it.")
    ] = False
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="FROM..TO", help="1000.., ..500, 10..20 or 100, both inclusive.")
    ] = None
    search: Annotated[
        str | None,
        typer.Option("--search", metavar="TEXT", help="Text in id, type, source, entity, owner, payload or context."),
    ] = None
    where: Annotated[
        _Several,
        typer.Option(
            "--where",
            metavar="CONDITION",
            help="On payload or context: a.b=X, != > < >= <=, ~ (has in it), 'a.b exists', 'a.b !exists'.",
        ),
    ] = None

    def chosen(self, now: datetime) -> "ExceptionFilter":
        """The filter that these options spell, seen from `now`. Raises InvalidInput."""
        from sentinai_cli.models.exception import ExceptionFilter, Severity, Status
        from sentinai_cli.models.payload_condition import PayloadCondition

        statuses, not_statuses = _words("status", self.status, STATUSES)
        severities, not_severities = _words("severity", self.severity, SEVERITIES)
        types, not_types = _words("type", self.type_)
        domains, not_domains = _words("domain", self.domain)
        sources, not_sources = _words("source", self.source)
        entities, not_entities = _words("entity", self.entity)
        owners, not_owners = _words("owner", self.owner)
        playbooks, not_playbooks = _words("playbook", self.playbook)
        in_playbook = bool(self.playbook or self.playbook_open or self.step)
        due_since, due_until = self._due(now)
        amount_from, amount_to = _amounts(self.amount)
        if self.search is not None and not self.search.strip():
            raise InvalidInput("invalid_search", "--search needs a text")
        return ExceptionFilter(
            statuses=tuple(map(Status, statuses)),
            not_statuses=tuple(map(Status, not_statuses)),
            severities=tuple(map(Severity, severities)),
            not_severities=tuple(map(Severity, not_severities)),
            types=types,
            not_types=not_types,
            domains=domains,
            not_domains=not_domains,
            sources=sources,
            not_sources=not_sources,
            entities=_with_none(entities),
            not_entities=_with_none(not_entities),
            owners=_with_none(owners),
            not_owners=_with_none(not_owners),
            playbooks=_with_none(playbooks),
            not_playbooks=_with_none(not_playbooks),
            playbook_open=self.playbook_open or bool(self.step),
            steps=tuple(sorted(set(self.step or ()))),
            since=None if self.since is None else parse_moment(self.since, now),
            until=None if self.until is None else parse_moment(self.until, now),
            unresolved=self.breached or self.at_risk or self.due_within is not None or in_playbook,
            due_since=due_since,
            due_until=due_until,
            at_risk_at=now if self.at_risk else None,
            amount_from=amount_from,
            amount_to=amount_to,
            search=self.search,
            where=tuple(PayloadCondition.parse(text) for text in self.where or ()),
        )

    @property
    def spelled(self) -> tuple[str, ...]:
        """The times as they were given: said again later they mean other moments."""
        given = (("since", self.since), ("until", self.until), ("due-within", self.due_within))
        told = [f"{name} {text}" for name, text in given if text is not None]
        return (*told, *(["breached"] if self.breached else []), *(["at-risk"] if self.at_risk else []))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen, so that everything is."""
        return self == Asked()

    def _due(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        if self.due_within is None:
            return now if self.at_risk else None, now if self.breached else None
        try:
            until = now + parse_span(self.due_within)
        except OverflowError:
            raise InvalidInput("invalid_span", f"{self.due_within[:40]!r} leads beyond the year 9999") from None
        return None if self.breached and not self.at_risk else now, until


def filtered(body: Callable[..., None]) -> Callable[..., None]:
    """Let a command take the options of a filter: its parameter `asked` becomes all of them."""
    return taking(body, Asked, name="asked")


def filtered_by(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The same with some of the options only, by their names in `Asked`."""
    options = inspect.signature(Asked).parameters
    return lambda body: taking(body, Asked, name="asked", options={name: options[name] for name in names})


def _words(
    name: str, given: Iterable[str] | None, known: Sequence[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that are wanted and those that are not, each sorted: their order does not matter.

    A backslash takes a comma, an exclamation mark or another backslash for what it is.
    """
    wanted: set[str] = set()
    unwanted: set[str] = set()
    for text in given or ():
        for part in _WORD.findall(text) or [""]:
            negated = part.strip().startswith("!")
            word = _ESCAPED.sub(r"\1", part.strip().removeprefix("!").strip())
            word = word.lower() if known else word
            if not word or (known and word not in known):
                why = f"one of {', '.join(known)}" if known else "separate several by commas, rule one out with !"
                raise InvalidInput("unknown_word", f"--{name} cannot be {part.strip()[:40]!r}", why=why)
            (unwanted if negated else wanted).add(word)
    return tuple(sorted(wanted)), tuple(sorted(unwanted))


def _with_none(words: Iterable[str]) -> tuple[str | None, ...]:
    return tuple(None if word == NONE else word for word in words)


def _amounts(text: str | None) -> tuple[Decimal | None, Decimal | None]:
    if text is None:
        return None, None
    found = _RANGE.fullmatch(text.strip())
    if found is None or not (found[1] or found[3]) or not (found[2] or not found[3]):
        raise InvalidInput("invalid_amount", f"{text[:80]!r} is not a range", why="as in 1000.., ..500, 10..20 or 100")
    least = Decimal(found[1]) if found[1] else None
    most = Decimal(found[3]) if found[3] else None
    return (least, most) if found[2] else (least, least)
