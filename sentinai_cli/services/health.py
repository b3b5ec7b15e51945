"""Health: checks, each with a question, a state, what was found and how to mend it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sentinai_cli.db.engine import Database
from sentinai_cli.db.isolation.bypass import functions, views
from sentinai_cli.db.isolation.grant import grants
from sentinai_cli.db.isolation.key import keys
from sentinai_cli.db.isolation.moment import Catalogue, Look, catalogue, look
from sentinai_cli.db.isolation.parent import parents
from sentinai_cli.db.isolation.policy import policies, row_security
from sentinai_cli.db.isolation.probe import probe
from sentinai_cli.db.isolation.role import logins, scope_roles
from sentinai_cli.db.isolation.table import missing_tables, tables
from sentinai_cli.db.isolation.trigger import triggers
from sentinai_cli.errors import CheckFailed, InvalidInput, SentinaiError
from sentinai_cli.models.health import CheckState, Evidence, HealthCheck, HealthReport, Seen

Advance = Callable[[int], None]


@dataclass(frozen=True)
class Subject:
    """What checks look at. `connection` is a moment of the catalogue; `embedded` tells whether the server is ours."""

    database: Database
    connection: Catalogue
    embedded: bool

    def ask(self, question: Look) -> Seen:
        """Put one question to the catalogue; raises one of our errors when it cannot be answered."""
        return look(self.connection, question)


@dataclass(frozen=True)
class Check:
    """A check of the registry: its name, the question that `ok` answers with yes, and how to look."""

    name: str
    question: str
    look: Callable[[Subject], Seen]


def _lint(name: str, question: str, ask: Look) -> Check:
    return Check(name, question, lambda subject: subject.ask(ask))


ISOLATION: tuple[Check, ...] = (
    _lint("tables", "Is every table a tenant's, or global for a known reason?", tables),
    _lint("row_security", "Is row-level security on and forced on every tenant table?", row_security),
    _lint("policies", "Does each have the two policies of the rule, and no other?", policies),
    _lint("keys", "Is the tenant part of every key?", keys),
    _lint("roles", "Are the scopes' roles there, and bound by the policies?", scope_roles),
    Check(
        "logins",
        "Does nobody else see rows without a scope?",
        lambda subject: subject.ask(lambda connection: logins(connection, embedded=subject.embedded)),
    ),
    _lint("functions", "Does no function run with its owner's rights?", functions),
    _lint("views", "Does no view, copy or rule lead around the policies?", views),
    _lint("grants", "Has nobody more rights than the scopes need?", grants),
    _lint("triggers", "Are the append-only guards on in every mode?", triggers),
    Check("parents", "Does every row belong to its parent's tenant?", lambda subject: parents(subject.database)),
    Check("probe", "Does one tenant, live, reach nothing of another's?", lambda subject: probe(subject.database)),
)
"""In the order in which they are made."""


def check_isolation(database: Database, *, embedded: bool, only: Iterable[str] = (), advance: Advance) -> HealthReport:
    """Whether tenants are kept apart; `only` names checks, none is all. Findings are the result, no error.

    Changes nothing. `advance` hears of each check done. Raises CheckFailed without our current schema and InvalidInput
    for a name that no check has.
    """
    chosen = _chosen(ISOLATION, tuple(only))
    with catalogue(database) as connection:
        if missing := missing_tables(connection):
            raise _not_current(missing)
        subject = Subject(database, connection, embedded)
        found = []
        for check in chosen:
            found.append(HealthCheck.of(check.name, check.question, _seen(check, subject)))
            advance(1)
    return HealthReport.of(found)


def _chosen(registry: tuple[Check, ...], only: tuple[str, ...]) -> tuple[Check, ...]:
    names = [check.name for check in registry]
    for name in only:
        if name not in names:
            raise InvalidInput("unknown_check", f"there is no check {name[:40]!r}", why=f"checks: {', '.join(names)}")
    return tuple(check for check in registry if not only or check.name in only)


def _seen(check: Check, subject: Subject) -> Seen:
    """What the check saw; one that cannot look is unknown, and keeps no other from looking."""
    try:
        return check.look(subject)
    except SentinaiError as error:
        why = f"{error.what}: {error.why}" if error.why else error.what
        unknown = Evidence(state=CheckState.UNKNOWN, object=f"check {check.name}", finding=why, fix=error.fix)
        return Seen(covered="nothing", evidence=(unknown,))


def _not_current(missing: list[str]) -> CheckFailed:
    return CheckFailed(
        "schema_behind",
        "isolation can be judged only on the current schema",
        why=f"tables that are not there: {', '.join(missing)}",
        fix="sentinai migrate",
    )
