"""Looking through scripts for what is dangerous about them."""

from collections.abc import Iterator, Sequence

from sentinai_cli.db.ddl.danger import dangers
from sentinai_cli.db.ddl.rule import RULES
from sentinai_cli.db.ddl.statement import statements
from sentinai_cli.db.migration_script import before, has_stated_safety, render, revisions
from sentinai_cli.models.migration import LintFinding, MigrationLint
from sentinai_cli.models.result import Page

Source = tuple[str, str]
"""A name and its SQL."""


def lint_files(files: Sequence[Source]) -> MigrationLint:
    """Look through scripts as somebody would run them with psql."""
    found = [finding for name, script in files for finding in _findings(name, script, tooled=False)]
    return _result(found, [script for _, script in files])


def lint_revisions() -> MigrationLint:
    """Look through the SQL that each of our revisions comes to, on the way up."""
    sources = [(f"revision {name}", render(before(name), name)) for name in revisions()]
    found = [finding for name, script in sources for finding in _findings(name, script, tooled=True)]
    for name in revisions():
        if not has_stated_safety(name):
            problem, remedy = RULES["unstated_safety"]
            found.append(
                LintFinding(source=f"revision {name}", line=1, rule="unstated_safety", problem=problem, remedy=remedy)
            )
    return _result(found, [script for _, script in sources])


def _findings(name: str, script: str, *, tooled: bool) -> Iterator[LintFinding]:
    for danger in dangers(script, tooled=tooled):
        yield LintFinding(source=name, line=danger.line, rule=danger.rule, problem=danger.problem, remedy=danger.remedy)


def _result(found: Sequence[LintFinding], scripts: Sequence[str]) -> MigrationLint:
    counted = sum(1 for script in scripts for _ in statements(script))
    return MigrationLint(items=tuple(found), page=Page.of_all(len(found)), statements=counted)
