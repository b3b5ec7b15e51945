"""`sentinai exceptions list|count|export`."""

from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.exception_filter import Asked, filtered
from sentinai_cli.cli.options import All, AllTenantsFlag, Cursor, Limit, ScanLimit, Tenant, Total, one_of
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.cli.watch import Watch, watched
from sentinai_cli.errors import InvalidInput

if TYPE_CHECKING:
    from sentinai_cli.models.exception import ExceptionFilter, ExceptionList
    from sentinai_cli.models.scope import AllTenants, TenantScope

SORTS = ("created", "deadline", "amount", "severity")
KEYS = ("tenant_id", "exception_id")


@app.command(
    "list",
    examples=[
        "sentinai exceptions list # newest first, every tenant",
        "sentinai exceptions list --tenant TENANT_FINANCE_001 --severity high,critical --owner none # untaken",
        "sentinai exceptions list --status open --since 2h # what came in and nobody has touched",
        "sentinai exceptions list --due-within 2h --owner none --sort deadline # what must be taken now",
        "sentinai exceptions list --at-risk --sort deadline --watch 30 # beside you, all day",
        "sentinai exceptions list --type CASH_BREAK --amount 1000.. --sort amount # the dearest",
        "sentinai exceptions list --where 'currency=USD' --where 'difference>500' # by what the payload says",
        "sentinai exceptions list --type CASH_BREAK -o json --fields exception_id,amount,currency # for a script",
    ],
    following=["sentinai exceptions show EXCEPTION # one of them, with payload and timeline"],
)
@filtered
def list_(
    ctx: typer.Context,
    *,
    asked: Asked,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    sort: Annotated[
        str, typer.Option("--sort", metavar="|".join(SORTS), parser=one_of(SORTS), help="The order.")
    ] = "created",
    limit: Limit = 50,
    cursor: Cursor = None,
    everything: All = False,
    total: Total = False,
    keys_only: Annotated[
        bool, typer.Option("--keys-only", help="Only tenant and id, to feed another command.")
    ] = False,
    scan_limit: ScanLimit = 100_000,
    watch: Watch = None,
) -> None:
    """List exceptions: newest, nearest deadline, largest amount or severest first.

    By deadline what is not resolved comes first, then what is, newest first.

    Different options must all match, the words of one need not: `--type A,B` is either, `--type '!A'` anything else; a
    backslash before a comma or ! keeps it part of the word.
    An empty list means that nothing matches: an unknown tenant is an error (exit 3), and a filter that can never match
    is called out.

    No index answers --search, --where and --at-risk, and --amount only with --sort amount: rows are looked at one by
    one in the order of the list, and a page ends once --scan-limit rows were (page.scanned says how many); its cursor
    goes on from there. --all looks at every row, and writes jsonl, csv and tsv as it reads, at one moment and in
    constant memory.
    """
    from sentinai_cli.models.exception import ExceptionSummary, Sort
    from sentinai_cli.services.exception import list_exceptions, stream_exceptions

    runtime = Runtime.of(ctx)
    if keys_only:
        if runtime.shared.fields:
            raise InvalidInput("fields_given_twice", "both --keys-only and --fields were given", why="give one of them")
        runtime.shared.fields = KEYS
    chosen = asked.chosen(runtime.now())
    scope = runtime.reading_scope(tenant, all_tenants)
    order = Sort(sort)
    if everything and runtime.streams and not total and watch is None:
        rows = stream_exceptions(runtime.database, scope, chosen, cursor=cursor, sort=order, spelled=asked.spelled)
        runtime.show_rows(ExceptionSummary, rows)
        return

    def look() -> "ExceptionList":
        return list_exceptions(
            runtime.database,
            scope,
            asked.chosen(runtime.now()),
            limit=None if everything else limit,
            cursor=cursor,
            total=total,
            sort=order,
            spelled=asked.spelled,
            scan_limit=scan_limit,
        )

    def show(found: "ExceptionList") -> None:
        runtime.show(found)
        if not found.items and cursor is None and not found.page.has_more:
            call_out(runtime, scope, chosen)

    watched(runtime, watch, look, show)


@app.command(
    "count",
    examples=[
        "sentinai exceptions count # all there are",
        "sentinai exceptions count --breached --tenant TENANT_FINANCE_001 # what is late",
    ],
    following=["sentinai exceptions stats # by type, status and severity"],
)
@filtered
def count(ctx: typer.Context, *, asked: Asked, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """Count the exceptions that match.

    The filter is that of `sentinai exceptions list`; every row that matches is counted, without a limit.
    """
    from sentinai_cli.services.exception import count_exceptions

    runtime = Runtime.of(ctx)
    chosen = asked.chosen(runtime.now())
    scope = runtime.reading_scope(tenant, all_tenants)
    found = count_exceptions(runtime.database, scope, chosen, at=runtime.now())
    runtime.show(found)
    if not found.count:
        call_out(runtime, scope, chosen)


@app.command(
    "export",
    examples=[
        "sentinai exceptions export --tenant TENANT_FINANCE_001 -o jsonl > finance.jsonl # a record in each line",
        "sentinai exceptions export --type CASH_BREAK --since 2d -o csv # for a spreadsheet",
    ],
    following=["sentinai exceptions count --tenant TENANT_FINANCE_001 # how many there should be"],
)
@filtered
def export(ctx: typer.Context, *, asked: Asked, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """Write the records of all exceptions that match, newest first, with payload and context.

    Names are the platform's: exceptionId, tenantId, sourceSystem, exceptionType, rawPayload, normalizedContext. It is
    what happened, without owner, status and history. As jsonl, csv and tsv everything is written as it is read, at one
    moment and in constant memory; json holds it all first. The filter is that of `sentinai exceptions list`.
    """
    from sentinai_cli.models.exception_record import ExceptionRecord, ExceptionRecordList
    from sentinai_cli.services.exception import export_exceptions

    runtime = Runtime.of(ctx)
    chosen = asked.chosen(runtime.now())
    scope = runtime.reading_scope(tenant, all_tenants, exports=True)
    records = export_exceptions(runtime.database, scope, chosen)
    if runtime.streams:
        runtime.show_rows(ExceptionRecord, records)
    else:
        runtime.show(ExceptionRecordList.whole(records))


def call_out(runtime: Runtime, scope: "TenantScope | AllTenants", chosen: "ExceptionFilter") -> None:
    """Say why nothing was found, where that is to be told from the filter."""
    from sentinai_cli.models.exception_filter import contradictions
    from sentinai_cli.services.exception_filter import unknown_words

    for why in contradictions(chosen):
        runtime.note(f"this can never match: {why}")
    for why in unknown_words(runtime.database, scope, chosen):
        runtime.note(why)
