"""`sentinai events append`."""

from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from sentinai_cli.cli.commands.event.group import app
from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, AllTenantsFlag, Reason, Tenant
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput

Word = TypeVar("Word", bound=StrEnum)


@app.command(
    "append",
    mutation=Mutation.WRITES,
    examples=[
        """sentinai events append EXCEPTION --type CommentAdded --payload '{"text": "called the bank"}' # a note""",
        "sentinai events append EXCEPTION --type FeedbackCaptured --payload - < feedback.json # an integration's",
    ],
    following=["sentinai exceptions show EXCEPTION # its timeline"],
)
def append(
    ctx: typer.Context,
    *,
    exception_id: Annotated[str, typer.Argument(metavar="EXCEPTION", help="The exception's id.", show_default=False)],
    event_type: Annotated[str, typer.Option("--type", metavar="TYPE", help="The event's type, as CommentAdded.")],
    payload: Annotated[
        str, typer.Option("--payload", metavar="JSON", help="The payload; @FILE or - (standard input) to read it.")
    ],
    event_id: Annotated[
        str | None, typer.Option("--event-id", metavar="UUID", help="An id of your own: sent twice, it counts once.")
    ] = None,
    actor_type: Annotated[
        str, typer.Option("--actor-type", metavar="agent|user|system", help="What the actor is.")
    ] = "user",
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Append one event to an exception's history.

    The payload must fit its type. Types that tell of status, severity, owner, deadline or playbook change the
    exception too; one that contradicts its present state is refused (exit 6).
    """
    from sentinai_cli.models.canonical import parse_json
    from sentinai_cli.models.event import ActorType, EventType
    from sentinai_cli.services.event_append import append_event
    from sentinai_cli.services.tenant import tenant_ids

    runtime = Runtime.of(ctx)
    kind = _member(EventType, "event type", event_type)
    who = _member(ActorType, "actor type", actor_type)
    given = None if event_id is None else _uuid(event_id)
    document = parse_json(_payload(payload))
    scope = runtime.writing_scope(tenant, all_tenants, lambda: tenant_ids(runtime.database))
    runtime.announce_target()
    result = append_event(
        runtime.database,
        scope,
        exception_id,
        event_type=kind,
        payload=document,
        actor_type=who,
        actor_id=runtime.operation.actor,
        event_id=given,
        now=runtime.now(),
    )
    if not result.appended:
        runtime.note("the event was there already; nothing was changed")
    runtime.show(result)


def _payload(text: str) -> bytes:
    """What `--payload` means: a document, or where it is."""
    if text == "-" or text.startswith("@"):
        return read_file(text.removeprefix("@"))
    return text.encode(errors="surrogateescape")


def _member(kind: type[Word], what: str, text: str) -> Word:
    """A word of a vocabulary, in any case."""
    found = {member.value.lower(): member for member in kind}.get(text.lower())
    if found is None:
        words = ", ".join(member.value for member in kind)
        raise InvalidInput("unknown_word", f"{text[:40]!r} is no {what}", why=f"one of {words}")
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput("invalid_event_id", f"{text[:80]!r} is not a UUID") from None
