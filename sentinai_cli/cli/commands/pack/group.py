"""The group of all pack commands, and what several of them take."""

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.runtime import Runtime

if TYPE_CHECKING:
    from sentinai_cli.models.pack_impact import PackImpact

app = Commands(help="Domain and policy packs: validate, import, compare, preview, activate, roll back, explain.")

File: TypeAlias = Annotated[
    str, typer.Argument(metavar="FILE", help="A JSON or YAML file, or - for standard input.", show_default=False)
]
Reference: TypeAlias = Annotated[
    str, typer.Argument(metavar="PACK", help="domain:NAME or policy:TENANT, with @VERSION.", show_default=False)
]


def tell_impact(runtime: Runtime, impact: "PackImpact") -> None:
    """Say on standard error what activating would change."""
    if not any(tenant.active_no for tenant in impact.tenants):
        return
    runtime.note(f"impact of {impact.pack}: {impact.verdict}, {impact.changed:,} of {impact.exceptions:,} exceptions")
    for change in impact.items[:20]:
        mark = "breaking: " if change.breaking else ""
        runtime.note(
            f"  {mark}{change.tenant_id} {change.type}: {change.what} {change.before or 'none'} -> "
            f"{change.after or 'none'}, {change.count:,} such as {', '.join(change.sample_ids[:2])}"
        )
    if len(impact.items) > 20:
        runtime.note(f"  and {len(impact.items) - 20} more: sentinai packs impact {impact.pack}")


def agree_if_breaking(runtime: Runtime, impact: "PackImpact", *, yes: bool) -> None:
    """Ask before exceptions are decided less strictly; `yes` agrees."""
    from sentinai_cli.models.pack_impact import ImpactVerdict

    if impact.verdict is ImpactVerdict.BREAKING:
        concerned = ", ".join(tenant.tenant_id for tenant in impact.tenants)
        runtime.asking.agreement(f"this is breaking: let {impact.pack} decide for {concerned}", yes=yes)
