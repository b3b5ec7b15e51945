"""Write the pages that are generated from the code, or with --check say which are stale (exit 1)."""

import sys
from collections.abc import Callable
from pathlib import Path

from sentinai_cli.cli import exit_codes
from sentinai_cli.config import Settings
from sentinai_cli.config.key import KEYS

HERE = Path(__file__).parent

SETTINGS = """\
# Settings

Strongest first:

1. the flag `--profile NAME`: its database beats every variable below;
2. the environment;
3. `.env` in the working directory, in which `$` stands for itself;
4. the profile that `sentinai.toml` in the working directory names with `profile = "NAME"`;
5. the profile that the user file names (`~/.config/sentinai/config.toml`, on macOS
   `~/Library/Application Support/sentinai/config.toml`);
6. the defaults. Without a database anywhere, it is the embedded server: the built-in profile `embedded`.

`sentinai config show` prints each value in force and where it came from.

## The database

`SENTINAI_DATABASE_URL`, else `DATABASE_URL`, else `DB_HOST`, `DB_PORT`, `DB_USER`, `DB_PASSWORD` and `DB_NAME`
(`localhost`, `5432`, `postgres`, no password and `sentinai` where one of them is set and others are not).

A URL is `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`; `postgres://`, `postgresql+asyncpg://` and `?ssl=require` are
understood too. In the URL special characters are percent-encoded, in the `DB_` variables they stand for themselves. A
socket directory is `postgresql:///DATABASE?host=/run/postgresql`. No message quotes a password.

`SENTINAI_DIRECT_URL` leads to the same database around a transaction pooler, for migrations, loads and locks. It counts
only beside the URL that it belongs to: in the environment, in `.env`, or as `direct_url` of the same profile.

## A profile

```toml
# sentinai.toml, or the user file
profile = "staging"

[profiles.staging]
database_url = "postgresql://ops@db.staging.example:5432/sentinai"
password_file = "staging.password"
environment = "staging"
tenant = "TENANT_FINANCE_001"
```

A profile is taken whole from the first file that defines it. `password_file` is relative to its file; in a
`sentinai.toml` it must lie beneath the file's directory, so that no checkout can send a file of yours to its own server.

| key | variable | value | default |
|---|---|---|---|
{rows}

An unknown key or a value of the wrong kind is refused with the nearest valid one (exit 2).

`connect_timeout` bounds connecting; inside it a server that is full, starting or hanging up is tried again.
`answer_timeout` is how long a statement waits without a sign of the server. Then the server is asked over a second
connection, which has `connect_timeout`: a statement that it works on goes on, and one that it knows nothing of, or about
which it says nothing, is given up (exit 5). [What is promised under faults](faults.md)

## Places

Only the environment may set these, never a file in a directory that somebody else wrote:

| variable | meaning | default |
|---|---|---|
| `SENTINAI_HOME` | where the embedded server and local state live | `/var/lib/sentinai` for root, else the user's data directory (`~/.local/share/sentinai`, on macOS `~/Library/Application Support/sentinai`) |
| `SENTINAI_PG_BIN` | directory of PostgreSQL's programs | those of the `embedded` extra, else the system's |
| `SENTINAI_PG_OS_USER` | account of the embedded server when root starts it | `postgres`, or one made for it |
"""


def settings() -> str:
    """docs/settings.md: the table is that of the code, the text around it stands above."""
    rows = []
    for key in KEYS.values():
        field = Settings.model_fields.get(key.name)
        default = "" if field is None or field.default is None else f"`{str(field.default).lower()}`"
        variable = f"`{key.variable}`" if key.variable else ""
        rows.append(f"| `{key.name}` | {variable} | {key.expected} | {default} |")
    return SETTINGS.format(rows="\n".join(rows))


PAGES: dict[str, Callable[[], str]] = {"exit-codes.md": exit_codes.page, "settings.md": settings}


def stale() -> list[str]:
    """The pages that differ from what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (HERE / name).exists() or (HERE / name).read_text(encoding="utf-8") != page()
    ]


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        if found := stale():
            sys.exit(f"stale: {', '.join(found)}; bring them up to date with: make docs")
    else:
        for name in stale():
            (HERE / name).write_text(PAGES[name](), encoding="utf-8")
            print(f"wrote docs/{name}")
