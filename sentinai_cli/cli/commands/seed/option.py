"""The options that several commands of this group share."""

from typing import Annotated, TypeAlias

import typer

from sentinai_cli.cli.options import whole

Days: TypeAlias = Annotated[
    int | None,
    typer.Option("--days", metavar="N", parser=whole(1, "days"), help="How far back, not the scenario's days."),
]
Domain: TypeAlias = Annotated[
    str | None, typer.Option("--domain", metavar="NAME", help="What an unknown tenant is; it is created.")
]
NewRun: TypeAlias = Annotated[
    bool, typer.Option("--new-run", help="Another run, as of --as-of or now, beside those that are there.")
]
Packs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--packs", metavar="FILE", help="A pack that decides, not the bundled one.", show_default=False),
]
Active: TypeAlias = Annotated[
    bool, typer.Option("--active", help="By the packs that are active in the database, which is read.")
]
Scenario: TypeAlias = Annotated[
    str, typer.Option("--scenario", metavar="NAME", help="The recipe of volumes and times: `seed scenarios`.")
]
Run: TypeAlias = Annotated[
    str, typer.Argument(metavar="RUN", help="The start of its identity or of its ids.", show_default=False)
]
