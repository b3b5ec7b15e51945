"""`sentinai completion`."""

import sys
from typing import Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.options import one_of
from sentinai_cli.cli.runtime import Runtime

SHELLS = ("bash", "zsh", "fish")

app = Commands()


@app.command(
    "completion",
    examples=[
        "sentinai completion bash > ~/.local/share/bash-completion/completions/sentinai # bash, from its next start on",
        "sentinai completion zsh > ~/.zfunc/_sentinai # zsh, with fpath+=~/.zfunc before compinit in ~/.zshrc",
        "sentinai completion fish > ~/.config/fish/completions/sentinai.fish # fish, at once",
    ],
    following=["sentinai tenants list # names that the tab key offers from then on"],
)
def completion(
    ctx: typer.Context,
    shell: Annotated[
        str,
        typer.Argument(metavar="|".join(SHELLS), parser=one_of(SHELLS), help="Which shell.", show_default=False),
    ],
) -> None:
    """Print the script that makes a shell complete commands, options and live names.

    Names of tenants, packs, types, exceptions, runs, playbooks and tools come from a copy that is seconds old; while it
    is read anew in the background, the shell is answered from the old one. The directories of the examples may have to
    be made first. Without --output the script itself is printed, on a terminal too. Opens no database.
    """
    from sentinai_cli.cli.completion_script import PLACES, SCRIPTS

    runtime = Runtime.of(ctx)
    if runtime.shared.output is None and not runtime.shared.fields:
        sys.stdout.write(SCRIPTS[shell])
        return
    from sentinai_cli.models.completion import CompletionScript, Shell

    runtime.show(CompletionScript(shell=Shell(shell), file=PLACES[shell], script=SCRIPTS[shell]))
