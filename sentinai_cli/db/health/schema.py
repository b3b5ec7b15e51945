"""Whether the schema is the one of this release, and whether tenants are kept apart by it."""

from collections.abc import Iterable
from functools import partial

from sentinai_cli.db.fingerprint import differences, fingerprint, shipped
from sentinai_cli.db.health.finding import SHOWN, blind, found, measure, worst_first
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.db.isolation.bypass import functions, views
from sentinai_cli.db.isolation.grant import grants
from sentinai_cli.db.isolation.key import keys
from sentinai_cli.db.isolation.moment import Look
from sentinai_cli.db.isolation.policy import policies, row_security
from sentinai_cli.db.isolation.role import logins, scope_roles
from sentinai_cli.db.isolation.table import missing_tables, tables, tenant_tables
from sentinai_cli.db.isolation.trigger import triggers
from sentinai_cli.db.migration_record import history
from sentinai_cli.db.migration_state import Stand, look
from sentinai_cli.errors import CheckFailed, SentinaiError
from sentinai_cli.models.database import SchemaState
from sentinai_cli.models.health import CheckState, Evidence, Seen
from sentinai_cli.models.migration import DriftProblem, RevisionState

LINTS: dict[str, Look] = {
    "tables": tables,
    "row_security": row_security,
    "policies": policies,
    "keys": keys,
    "roles": scope_roles,
    "functions": functions,
    "views": views,
    "grants": grants,
}
"""Those that ask nothing but the catalogue, without `logins`, which depends on whose server it is."""
_STATES = {SchemaState.UP_TO_DATE: CheckState.OK, SchemaState.AHEAD: CheckState.WARN}
_FIXES = {SchemaState.EMPTY: "sentinai migrate", SchemaState.BEHIND: "sentinai migrate"}


def schema(subject: Subject) -> Seen:
    """The database is at this release's revision, and its catalogue is what that revision leaves."""
    connection = subject.connection
    stand = look(connection)
    evidence: list[Evidence] = []
    state = _STATES.get(stand.state, CheckState.FAIL)
    if state is not CheckState.OK:
        fix = _FIXES.get(stand.state, "sentinai migrate status")
        evidence.append(found(state, f"revision {stand.revision or 'none'}", stand.detail, fix))
    drifted = 0
    if stand.revision is not None and stand.state in (SchemaState.UP_TO_DATE, SchemaState.BEHIND):
        drift = differences(shipped(stand.revision), fingerprint(connection))
        drifted = len(drift)
        for one in drift:
            extra = one.problem is DriftProblem.UNEXPECTED
            said = f"it is {'not ours' if extra else one.problem.value}"
            evidence.append(
                found(
                    CheckState.WARN if extra else CheckState.FAIL,
                    f"{one.kind} {one.name}",
                    said,
                    "sentinai migrate check",
                )
            )
        evidence += _edited(subject, stand)
    covered = f"revision {stand.revision or 'none'}, {drifted} differences from what it leaves"
    return Seen(covered, worst_first(evidence), (measure("drifted_objects", drifted),))


def isolation(subject: Subject) -> Seen:
    """Every lint of `health isolation` that asks the catalogue alone; one that cannot look spoils no other."""
    _require_tables(subject)
    lints: dict[str, Look] = {**LINTS, "logins": partial(logins, embedded=subject.embedded)}
    evidence: list[Evidence] = []
    for name, lint in lints.items():
        try:
            evidence += subject.ask(lint).evidence
        except SentinaiError as error:
            evidence.append(blind(f"lint {name}", error))
    covered = f"{len(lints)} lints of {len(tenant_tables(subject.connection))} tenant tables"
    if len(evidence) > SHOWN:
        covered += f", {len(evidence)} findings"
    return Seen(covered, worst_first(evidence))


def append_only(subject: Subject) -> Seen:
    """The guards of append-only tables are there and always on."""
    _require_tables(subject)
    return triggers(subject.connection)


def _require_tables(subject: Subject) -> None:
    if missing := missing_tables(subject.connection):
        raise CheckFailed(
            "schema_behind",
            "it can be judged only on the current schema",
            why=f"tables that are not there: {', '.join(missing)}",
            fix="sentinai migrate",
        )


def _edited(subject: Subject, stand: Stand) -> Iterable[Evidence]:
    told: dict[RevisionState, str] = {
        RevisionState.EDITED: "it was applied with another text than this release has",
        RevisionState.UNRECORDED: "it is passed, and nothing records that it was applied",
    }
    for record in history(subject.connection, stand.revision):
        if record.state in told:
            yield found(CheckState.WARN, f"revision {record.revision}", told[record.state], "sentinai migrate history")
