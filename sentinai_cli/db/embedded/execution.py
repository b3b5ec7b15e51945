"""Running one of PostgreSQL's programs to its end, as the server's account and in the server's environment."""

import subprocess
from pathlib import Path

from sentinai_cli.db.embedded.account import Account
from sentinai_cli.db.program_environment import server_environment


def run_as(account: Account | None, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Both its outputs end up in `stdout`. None means the account that we are. Raises OSError when it cannot run."""
    return subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env=server_environment(),
        umask=0o077,
        start_new_session=True,  # an interrupt at the terminal is ours to handle
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=account.groups if account else None,
    )
