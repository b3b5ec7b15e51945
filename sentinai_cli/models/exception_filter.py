"""Filters that nothing can ever match, told from the filter alone."""

from collections.abc import Iterator, Sequence

from sentinai_cli.models.exception import ExceptionFilter, Status

_NAMES = {
    "statuses": "status",
    "severities": "severity",
    "types": "type",
    "domains": "domain",
    "sources": "source",
    "entities": "entity",
    "owners": "owner",
    "playbooks": "playbook",
}


def contradictions(chosen: ExceptionFilter) -> tuple[str, ...]:
    """Why nothing can match, a sentence for each reason; empty for a filter that rows may match."""
    return tuple(_reasons(chosen))


def _reasons(chosen: ExceptionFilter) -> Iterator[str]:
    for name, word in _NAMES.items():
        wanted: Sequence[str | None] = getattr(chosen, name)
        unwanted: Sequence[str | None] = getattr(chosen, f"not_{name}")
        if wanted and set(wanted) <= set(unwanted):
            both = ", ".join(value or "none" for value in wanted)
            yield f"{word} {both} is both asked for and ruled out"
    if set(Status) <= set(chosen.not_statuses):
        yield "every status is ruled out"
    if chosen.unresolved and chosen.statuses == (Status.RESOLVED,):
        yield "what is due, at risk or breached, or in a playbook, is not resolved"
    for since, until, what in (
        (chosen.since, chosen.until, "the time"),
        (chosen.due_since, chosen.due_until, "the deadline"),
    ):
        if since is not None and until is not None and since >= until:
            first, end = (f"{moment:%Y-%m-%d %H:%M:%S}Z" for moment in (since, until))
            yield f"{what} would have to be at or after {first} and before {end}"
    if chosen.amount_from is not None and chosen.amount_to is not None and chosen.amount_from > chosen.amount_to:
        yield f"the amount would have to be at least {chosen.amount_from} and at most {chosen.amount_to}"
