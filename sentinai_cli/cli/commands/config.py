"""`sentinai config`: what the tool works with."""

from typing import Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="Settings and profiles: their values and where each came from.")


@app.command(
    "show",
    examples=[
        "sentinai config show # every setting, its value and its origin",
        "sentinai config show --origin # and who else names it and is overruled",
        "sentinai config show --profile staging # what a profile would use",
        "sentinai config show -o json --fields name,origin # for a script",
    ],
    following=["sentinai status # what the database behind these settings is"],
)
def show(
    ctx: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help="Only what is set, with whom each overrules.")] = False,
) -> None:
    """Show every setting, its value and where it came from.

    Strongest first: flag, environment, .env, project file sentinai.toml, user file, default. Secrets are not shown,
    and passwords that are kept elsewhere are not looked for. No database is opened.
    """
    from sentinai_cli.config import load_settings
    from sentinai_cli.services.setting import list_settings

    runtime = Runtime.of(ctx)
    settings = load_settings(profile=runtime.shared.profile, environ=runtime.environ, cwd=runtime.cwd, passwords=False)
    runtime.show(list_settings(settings, only_set=origin))


@app.command(
    "profiles",
    examples=[
        "sentinai config profiles # every target that --profile may name",
        "sentinai config profiles -o json --fields name,database # for a script",
    ],
    following=["sentinai config use staging # make one of them the default"],
)
def profiles(ctx: typer.Context) -> None:
    """List the profiles: which database each leads to, and which one is in force.

    They are tables [profiles.NAME] of sentinai.toml in the working directory and of the user's file. Passwords are not
    read; where each would come from is said.
    """
    from sentinai_cli.services.profile import list_profiles

    runtime = Runtime.of(ctx)
    runtime.show(list_profiles(environ=runtime.environ, cwd=runtime.cwd, flag=runtime.shared.profile))


@app.command(
    "use",
    examples=[
        "sentinai config use staging # from here on without --profile",
        "sentinai config use embedded --user # in the user's file, whatever the project's says",
    ],
    following=["sentinai config show # what is in force", "sentinai status # what that database holds"],
    mutation=Mutation.LOCAL,
)
def use(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="PROFILE", help="The profile's name.", show_default=False)],
    project: Annotated[bool, typer.Option("--project", help="Write sentinai.toml of the working directory.")] = False,
    user: Annotated[bool, typer.Option("--user", help="Write the user's file.")] = False,
) -> None:
    """Make a profile the default.

    Writes one line, in sentinai.toml where there is one, else in the user's file; comments and everything else stay.
    Variables that name a database still come first, and a note says so.
    """
    from sentinai_cli.errors import InvalidInput
    from sentinai_cli.services.profile import use_profile

    runtime = Runtime.of(ctx)
    if project and user:
        raise InvalidInput("options_contradict", "--project and --user name two files", why="give one of them")
    where = True if project else False if user else None
    used = use_profile(name, environ=runtime.environ, cwd=runtime.cwd, in_project=where, flag=runtime.shared.profile)
    if not used.changed:
        runtime.note(f"{used.file} names {name} already; nothing was changed")
    if used.in_force != name:
        runtime.note(f"in force is still {used.in_force} ({used.because}), which comes first")
    runtime.show(used)
