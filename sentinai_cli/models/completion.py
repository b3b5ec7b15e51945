"""What makes a shell complete `sentinai`."""

from enum import StrEnum

from sentinai_cli.models.base import Model


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


class CompletionScript(Model):
    """`script` is to be read by the shell of that name, or kept in `file`, where that shell looks for it."""

    shell: Shell
    file: str
    script: str
