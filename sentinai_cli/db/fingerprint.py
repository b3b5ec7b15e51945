"""The catalogue as each revision leaves it, shipped beside the migrations, and how a database differs from it.

Alembic's own comparison sees tables and columns, and misses dropped keys, checks, triggers, policies, grants and flags
of row-level security: everything that keeps tenants apart.
"""

import json
from collections.abc import Mapping
from typing import TypeAlias

import psycopg

from sentinai_cli.db.migration_script import directory
from sentinai_cli.db.queries import query
from sentinai_cli.errors import Unavailable
from sentinai_cli.models.migration import Drift, DriftProblem

Fingerprint: TypeAlias = Mapping[str, Mapping[str, str]]
"""Definitions by name by kind."""


def fingerprint(connection: psycopg.Connection) -> Fingerprint:
    """The catalogue as it is. Reads only, in one transaction, whose search_path it sets."""
    found: dict[str, dict[str, str]] = {}
    with connection.transaction():
        connection.execute("SET LOCAL search_path = public")
        for kind, name, definition in connection.execute(query("fingerprint")).fetchall():
            found.setdefault(kind, {})[name] = definition
    return found


def shipped(revision: str) -> Fingerprint:
    """The catalogue that this revision leaves. Raises Unavailable when the installation lacks the file."""
    path = directory() / "catalogue" / f"{revision}.json"
    try:
        known: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unavailable(
            "catalogue_missing",
            f"revision {revision} has no catalogue to compare with",
            why="a revision and its catalogue are added together; docs/migrations.md says how",
        ) from None
    return known


def text(found: Fingerprint) -> str:
    """The form in which a catalogue is shipped: JSON, sorted, a definition on each line."""
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def differences(expected: Fingerprint, actual: Fingerprint) -> tuple[Drift, ...]:
    """What is missing, changed or more than expected, by kind and name."""
    drifts = []
    for kind in sorted({*expected, *actual}):
        ours, theirs = expected.get(kind, {}), actual.get(kind, {})
        for name in sorted({*ours, *theirs}):
            before, after = ours.get(name), theirs.get(name)
            if before != after:
                problem = DriftProblem.CHANGED
                if before is None or after is None:
                    problem = DriftProblem.UNEXPECTED if before is None else DriftProblem.MISSING
                drifts.append(Drift(kind=kind, name=name, problem=problem, expected=before, actual=after))
    return tuple(drifts)
