"""The group that the modules beside this one add their commands to, and how they name a tenant."""

from typing import Annotated, TypeAlias

import typer

from sentinai_cli.cli.command import Commands

app = Commands(help="Tenants: create, list, show, suspend, archive, activate, purge.")

TenantId: TypeAlias = Annotated[str, typer.Argument(metavar="TENANT", help="The tenant's id.", show_default=False)]
