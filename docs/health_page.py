"""docs/health.md: every health check as the registry has it, its thresholds as the code has them."""

from sentinai_cli.models.health_measure import MEASURES
from sentinai_cli.models.health_threshold import DEFAULTS
from sentinai_cli.services.health_check import Check
from sentinai_cli.services.health_registry import HEALTH

_PAGE = """\
# What is wrong, and what to do

<!-- begins with the demo -->

`sentinai health` asks the server, the schema and the tenants' rows some dozens of questions, and says what is wrong, how
bad, whose fault, and what to type next; the worst comes first. Each check ends in one of four states:

| state | meaning |
|---|---|
| `ok` | nothing was found |
| `warn` | look at it in working hours |
| `fail` | look at it now; exit 4 |
| `unknown` | the check could not be made, for the reason that it gives; exit 4 only with `--fail-on unknown` or `warn` |

```
sentinai health
sentinai health --only blocking,transactions,idle_transactions
sentinai health --skip sla,neighbours -o json
```

It is safe on a database that suffers. All of it is one read-only transaction of one moment. No statement waits for a lock
longer than {lock} ms or runs longer than {statement} s: what is locked is `unknown`, and the rest is told. No table is read
from end to end: counts go along an index and end at a limit, which is then said (`10,000 or more`). A login without
rights gets reasons and the `GRANT` that would help, and no crash. A database that cannot be reached is reported too
(exit 5).

`sentinai health --watch 2` shows it again every two seconds, on a terminal.

## The checks

{checks}

What `sentinai health isolation` adds, reading every row and trying to break in, is told in
[isolation.md](isolation.md). The dates of `version` are those of
[PostgreSQL's versioning policy](https://www.postgresql.org/support/versioning/). `verification` goes by the operator
journal, in which `sentinai events verify` enters that it ran and what it found; with `--since-seal` it looks at a part, and
counts only when it finds something.

## Thresholds

`[health]` in `sentinai.toml` of the working directory or in the user's file sets them, by name; what a file leaves out is
the default's, and one that both files set is the working directory's. An unknown name is refused with the nearest. The
whole list with its units is in [configuration.md](configuration.md#thresholds-of-sentinai-health).

```toml
[health]
connections = {{ warn = 60, fail = 80 }}
breached = {{ warn = 20, fail = 200 }}
```

Each check that goes by a threshold says which one was in force and where it was set, in `-o json` and below its findings.

## For monitoring and CI

`-o prometheus` is the text exposition format, version 0.0.4: `sentinai_health_check_state` has a series for each check
and state, 1 for the state it is in; `sentinai_health_threshold` the thresholds; and the numbers that were read on the way:

{measures}

`-o junit` is a JUnit report with a test case for each check: `fail` is a failure, `unknown` is skipped with its reason,
`warn` is output of a case that passes. The exit code is what `--fail-on` says. Other commands have neither format.

<!-- exit 4: the demo has exceptions past their deadline -->
```
sentinai health -o prometheus > sentinai.prom
sentinai health --fail-on warn -o junit > health.xml
```
"""


def page() -> str:
    """The whole page."""
    from sentinai_cli.db.health.subject import LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS

    return _PAGE.format(
        lock=LOCK_TIMEOUT_MS,
        statement=STATEMENT_TIMEOUT_MS // 1000,
        checks=_table(("check", "asks", "thresholds", "what to do"), [_check(check) for check in HEALTH]),
        measures=_table(("metric", "what it is"), [(f"`sentinai_{name}`", about) for name, about in MEASURES.items()]),
    )


def _check(check: Check) -> tuple[str, ...]:
    where = " On the embedded server only." if check.local else ""
    thresholds = "; ".join(f"`{name}`: {DEFAULTS[name].words}" for name in check.thresholds)
    return f"`{check.name}`", check.question + where, thresholds, check.todo


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
