"""`sentinai exceptions assign|escalate|resolve|reopen|comment`."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.exception.acting import Given, act_on, acting
from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.exception_filter import NONE, Asked
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Reason
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput

_FOLLOWING = ["sentinai operations list # what was done, and the id to undo it by"]


@app.command(
    "assign",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai exceptions assign EXCEPTION --to ada # one",
        "sentinai exceptions assign --to ada --type CASH_BREAK --owner none --reason 'her desk' # all that match",
        "sentinai exceptions assign EXCEPTION --to none # nobody's",
    ],
    following=_FOLLOWING,
)
@acting
def assign(
    ctx: typer.Context,
    *,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="The new owner, or none.")],
    given: Given,
    asked: Asked,
    reason: Reason = None,
) -> None:
    """Give exceptions to an owner.

    Those that are resolved are skipped. What a filter chooses is frozen, counted and asked about first; it needs a
    reason. Exceptions that somebody changed meanwhile are skipped and listed (exit 8; exit 6 when none is left).
    """
    from sentinai_cli.models.exception_act import Act, ActKind

    if not to.strip():
        raise InvalidInput("invalid_owner", "--to needs a name, or none")
    act = Act(kind=ActKind.ASSIGN, to=None if to == NONE else to, reason=reason)
    act_on(Runtime.of(ctx), act, given, asked)


@app.command(
    "escalate",
    mutation=Mutation.WRITES,
    examples=["sentinai exceptions escalate EXCEPTION --to risk-desk --reason 'over the limit' # one"],
    following=_FOLLOWING,
)
@acting
def escalate(
    ctx: typer.Context,
    *,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="To whom.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the event and the journal.")],
    given: Given,
    asked: Asked,
) -> None:
    """Escalate exceptions.

    Those that are resolved are skipped. What a filter chooses is frozen, counted and asked about first. Exceptions that
    somebody changed meanwhile are skipped and listed (exit 8; exit 6 when none is left).
    """
    from sentinai_cli.models.exception_act import Act, ActKind

    act = Act(kind=ActKind.ESCALATE, to=to, reason=reason)
    act_on(Runtime.of(ctx), act, given, asked)


@app.command(
    "resolve",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai exceptions resolve EXCEPTION --reason 'booked by hand' # one",
        "sentinai exceptions resolve - --tenant TENANT_FINANCE_001 --reason 'outage' < ids.tsv # as list wrote them",
        "sentinai exceptions resolve --source Ledger --until 2d --reason 'outage' --plan-out plan.json # look first",
    ],
    following=_FOLLOWING,
)
@acting
def resolve(
    ctx: typer.Context,
    *,
    given: Given,
    asked: Asked,
    reason: Reason = None,
) -> None:
    """Resolve exceptions.

    What a filter chooses is frozen, counted and asked about first; it needs a reason. Exceptions that somebody changed
    meanwhile are skipped and listed (exit 8; exit 6 when none is left).
    """
    from sentinai_cli.models.exception_act import Act, ActKind

    act = Act(kind=ActKind.RESOLVE, reason=reason)
    act_on(Runtime.of(ctx), act, given, asked)


@app.command(
    "reopen",
    mutation=Mutation.WRITES,
    examples=["sentinai exceptions reopen EXCEPTION --reason 'the payment came back' # one"],
    following=_FOLLOWING,
)
@acting
def reopen(
    ctx: typer.Context,
    *,
    given: Given,
    asked: Asked,
    reason: Reason = None,
) -> None:
    """Reopen resolved exceptions.

    Others are skipped. What a filter chooses is frozen, counted and asked about first; it needs a reason. Exceptions
    that somebody changed meanwhile are skipped and listed (exit 8; exit 6 when none is left).
    """
    from sentinai_cli.models.exception_act import Act, ActKind

    act = Act(kind=ActKind.REOPEN, reason=reason)
    act_on(Runtime.of(ctx), act, given, asked)


@app.command(
    "comment",
    mutation=Mutation.WRITES,
    examples=["sentinai exceptions comment EXCEPTION --text 'called the bank' # one"],
    following=["sentinai exceptions show EXCEPTION # its timeline"],
)
@acting
def comment(
    ctx: typer.Context,
    *,
    remark: Annotated[str, typer.Option("--text", metavar="TEXT", help="What to say.")],
    given: Given,
    asked: Asked,
    reason: Reason = None,
) -> None:
    """Comment on exceptions, resolved ones too.

    What a filter chooses is frozen, counted and asked about first; it needs a reason. A comment cannot be taken back.
    """
    from sentinai_cli.models.exception_act import Act, ActKind

    if not remark.strip():
        raise InvalidInput("invalid_comment", "--text needs a text")
    act = Act(kind=ActKind.COMMENT, text=remark)
    act_on(Runtime.of(ctx), act, given, asked)
