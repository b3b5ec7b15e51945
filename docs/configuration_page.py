"""docs/configuration.md and .env.example: every variable and every key, from the code where it knows them."""

from dataclasses import dataclass

from sentinai_cli.config import Settings
from sentinai_cli.config.key import KEYS
from sentinai_cli.models.health_threshold import LIMITS


@dataclass(frozen=True)
class Variable:
    """`dotenv`: it also counts in `.env`. `sample` is the value in .env.example."""

    name: str
    meaning: str
    sample: str = ""
    dotenv: bool = True


DATABASE = (
    Variable("SENTINAI_DATABASE_URL", "The database.", "postgresql://ops@localhost:5432/sentinai"),
    Variable("DATABASE_URL", "The same, by the platform's name; the one above comes first."),
    Variable("DB_HOST", "The database in parts, when no URL is set; a socket directory begins with `/`.", "localhost"),
    Variable("DB_PORT", "Its port.", "5432"),
    Variable("DB_USER", "The login.", "postgres"),
    Variable("DB_PASSWORD", "Its password, as it is. Alone it names no database."),
    Variable("DB_NAME", "The database's name.", "sentinai"),
    Variable("SENTINAI_DIRECT_URL", "The way around a transaction pooler to the same database."),
    Variable("SENTINAI_PASSWORD", "What a profile's `password_variable` may name in a project file, or begin with."),
)
WORK = (
    Variable("SENTINAI_TENANT", "The tenant, where no `--tenant` names one.", "TENANT_FINANCE_001"),
    Variable("SENTINAI_ENVIRONMENT", "What the database is for: development, staging, production.", "development"),
    Variable("DB_POOL_SIZE", "Connections that are kept.", "5"),
    Variable("DB_MAX_OVERFLOW", "Connections beyond those, while they are needed.", "5"),
    Variable("DB_POOL_TIMEOUT", "Seconds to wait for one of them.", "30"),
    Variable("DB_ECHO", "Log every statement on standard error.", "false"),
    Variable("SENTINAI_CONNECT_TIMEOUT", "Seconds in which a connection must come about.", "10"),
    Variable("SENTINAI_ANSWER_TIMEOUT", "Seconds of silence after which a server is asked whether it is there.", "30"),
)
PLACES = (
    Variable("SENTINAI_HOME", "Where the embedded server and local state live.", "/var/lib/sentinai", dotenv=False),
    Variable("SENTINAI_PG_BIN", "The directory of PostgreSQL's programs.", dotenv=False),
    Variable(
        "SENTINAI_PG_OS_USER", "The account of the embedded server when root starts it.", "postgres", dotenv=False
    ),
    Variable("SENTINAI_ACTOR", "Who acts, for the operator journal, where no `--actor` says so.", "jo", dotenv=False),
    Variable("SENTINAI_API_KEY", "The platform's key for `seed --via api`.", dotenv=False),
    Variable("SENTINAI_API_KEY_", "The same for one tenant: the name goes on with its id.", dotenv=False),
)
OTHERS = (
    Variable("NO_COLOR", "Set to anything: no colour.", dotenv=False),
    Variable("TERM", "`dumb`: no colour and no progress bars.", dotenv=False),
    Variable("XDG_CONFIG_HOME", "Where the user file's directory is looked for.", dotenv=False),
    Variable("PGPASSWORD", "The password, where the URL and the profile have none: libpq's own rule.", dotenv=False),
    Variable("PGPASSFILE", "The passfile instead of `~/.pgpass`: libpq's own rule.", dotenv=False),
)
VARIABLES = (*DATABASE, *WORK, *PLACES, *OTHERS)

PAGE = """\
# Configuration

Made from the code by `make docs`. Strongest first:

1. the flag `--profile NAME`: its database beats every variable below;
2. the environment;
3. `.env` in the working directory, in which `$` stands for itself ([.env.example](../.env.example) has every variable);
4. the profile that `sentinai.toml` in the working directory names with `profile = "NAME"`;
5. the profile that the user file names (`~/.config/sentinai/config.toml`, on macOS
   `~/Library/Application Support/sentinai/config.toml`);
6. the defaults. Without a database anywhere, it is the embedded server: the built-in profile `embedded`.

```sh
sentinai config show            # each value in force, and where it came from
sentinai config show --origin   # only what somebody set, and whom it overrules
sentinai config profiles        # every target that --profile may name
```

## The database

{database}

A URL is `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`; `postgres://`, `postgresql+asyncpg://` and `?ssl=require` are
understood too. In the URL special characters are percent-encoded, in the `DB_` variables they stand for themselves. A
socket directory is `postgresql:///DATABASE?host=/run/postgresql`. No message quotes a password.

`SENTINAI_DIRECT_URL` counts only beside the URL that it belongs to: in the environment, in `.env`, or as `direct_url` of
the same profile.

## Profiles

<!-- file sentinai.toml -->
```toml
# sentinai.toml, or the user file
profile = "lab"

[profiles.lab]
tenant = "TENANT_FINANCE_001"

[profiles.staging]
database_url = "postgresql://ops@db.staging.example:5432/sentinai"
password_variable = "SENTINAI_PASSWORD_STAGING"
environment = "staging"

[profiles.live]
database_url = "postgresql://ops@db.live.example:5432/sentinai"
password_keyring = true
environment = "production"
pool_size = 2
```

A profile without a `database_url` is the embedded server. A profile is taken whole from the first file that defines it.
`sentinai config use` writes the line `profile = …` and nothing else:

```sh
sentinai config profiles -o json --fields name,database,environment,password
sentinai config use embedded
sentinai config use lab
```

| key | variable | value | default |
|---|---|---|---|
{keys}

An unknown key or a value of the wrong kind is refused with the nearest valid one (exit 2).

`connect_timeout` bounds connecting; inside it a server that is full, starting or hanging up is tried again.
`answer_timeout` is how long a statement waits without a sign of the server, which is then asked over a second connection:
a statement that it works on goes on, one that it knows nothing of, or says nothing about, is given up
([when things break](faults.md)).

## Passwords

Never the value of a flag. In the URL, or one of:

| where | what the profile says | bounds |
|---|---|---|
| a file | `password_file = "staging.password"` | relative to its file; for a `sentinai.toml` beneath its directory |
| a variable | `password_variable = "SENTINAI_PASSWORD_STAGING"` | for a `sentinai.toml` one that begins with `SENTINAI_PASSWORD` |
| the keyring | `password_keyring = true` | an entry of service `sentinai` under exactly the address; needs the extra `keyring` |
| libpq | nothing | `PGPASSWORD`, `PGPASSFILE`, `~/.pgpass`, by libpq's own rules |

The bounds keep a `sentinai.toml` that somebody else wrote from having a secret of yours sent to its own server
([decision 14](decisions/0014-where-passwords-come-from.md)). Into the keyring it goes once, with the address as
`sentinai config profiles` shows it:

<!-- not run: there is no keyring in a test, and the command asks for the password -->
```sh
pip install 'sentinai-cli[keyring]'
keyring set sentinai postgresql://ops@db.live.example:5432/sentinai
```

## Production

A database is a production one when it is marked so (`sentinai db environment set production`) or when the profile says
`environment = "production"`; the graver counts. The target is then announced in red. Under such a profile whatever asks
for a name asks for `PROFILE/NAME`, as in `--confirm live/TENANT_FINANCE_001`, so that a line copied from a script for
another target does nothing. A *marked* database besides refuses `seed`, `seed reset`, `db reset` and a downgrade that
loses data altogether (exit 7).

## The work

{work}

## Places

Only the environment may set these, never a file in a directory that somebody else wrote:

{places}

Without `SENTINAI_HOME` it is `/var/lib/sentinai` for root, else the user's data directory (`~/.local/share/sentinai`, on
macOS `~/Library/Application Support/sentinai`). Without `SENTINAI_PG_BIN` the programs are those of the `embedded` extra,
else the system's.

Of others' variables these count:

{others}

## Thresholds of `sentinai health`

`[health]` of either file sets them; what one leaves out is the default's.

```toml
[health]
{threshold} = {{ warn = {warn:g}, fail = {fail:g} }}
```

| threshold | warn | fail | in |
|---|---:|---:|---|
{thresholds}
"""


def page() -> str:
    """The text above around the tables of the code."""
    keys = []
    for key in KEYS.values():
        field = Settings.model_fields.get(key.name)
        default = "" if field is None or field.default is None else f"`{str(field.default).lower()}`"
        variable = f"`{key.variable}`" if key.variable else ""
        keys.append(f"| `{key.name}` | {variable} | {key.expected} | {default} |")
    name, first = next(iter(LIMITS.items()))
    return PAGE.format(
        database=_table(DATABASE),
        work=_table(WORK),
        places=_table(PLACES),
        others=_table(OTHERS),
        keys="\n".join(keys),
        threshold=name,
        warn=first.warn,
        fail=first.fail,
        thresholds="\n".join(
            f"| `{one}` | {limit.warn:g} | {limit.fail:g} | {limit.unit} |" for one, limit in LIMITS.items()
        ),
    )


def example() -> str:
    """.env.example: every variable that counts in `.env`, commented out, and those that only the environment may set."""
    lines = [
        "# Every variable of sentinai; docs/configuration.md says more. Copy this to .env and uncomment what you need.",
        "# Without any of them it is the embedded server. Keep .env out of version control.",
    ]
    for title, variables in (("The database: one URL, or its parts", DATABASE), ("The work", WORK)):
        lines += ["", f"# {title}"]
        for one in variables:
            lines += [f"# {one.meaning.replace('`', '')}", f"#{one.name}={one.sample}"]
    lines += ["", "# Only in the environment, never in a file:"]
    lines += [f"#   {one.name}: {one.meaning.replace('`', '')}" for one in (*PLACES, *OTHERS)]
    return "\n".join(lines) + "\n"


def _table(variables: tuple[Variable, ...]) -> str:
    rows = [f"| `{one.name}` | {one.meaning} |" for one in variables]
    return "\n".join(["| variable | what it says |", "|---|---|", *rows])
