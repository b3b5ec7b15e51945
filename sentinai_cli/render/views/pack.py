"""Packs on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.pack_check import PackCheck
from sentinai_cli.models.pack_suite import CaseResult, SuiteResult
from sentinai_cli.models.pack_version import (
    PackActivated,
    PackActivatedList,
    PackActivation,
    PackDocument,
    PackImported,
    PackVersion,
    PackVersionList,
)
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import BAD, FAINT, GOOD, WARNING, identity, line, missing, words
from sentinai_cli.render.views.part import age, document, optional, title, when
from sentinai_cli.render.views.view import view


@view.register
def _versions(model: PackVersionList, at: datetime) -> RenderableType:
    if not model.items:
        return words("There are no packs.", FAINT)
    return Grid(
        [
            Column("pack"),
            Column("domain", 3),
            Column("active for", 1),
            Column("age", 2, right=True),
            Column("by", 4),
            Column("note", 6),
            Column("checksum", 5),
        ],
        [
            [
                identity(version.reference),
                words(version.domain),
                optional(", ".join(version.active_for), GOOD),
                age(version.created_at, at),
                words(version.created_by),
                optional(version.note),
                words(version.checksum, FAINT),
            ]
            for version in model.items
        ],
    )


@view.register
def _document(model: PackDocument, at: datetime) -> RenderableType:
    return Group(_facts(model, at), title("Pack"), document(model.pack))


def _facts(version: PackVersion, at: datetime) -> Facts:
    return Facts(
        [
            ("pack", identity(version.reference)),
            ("domain", words(version.domain)),
            ("active for", optional(", ".join(version.active_for), GOOD)),
            ("checksum", words(version.checksum)),
            ("imported", when(version.created_at, at)),
            ("by", words(version.created_by)),
            ("note", optional(version.note)),
        ]
    )


@view.register
def _imported(model: PackImported, at: datetime) -> RenderableType:
    if not model.imported:
        told = line(identity(model.reference), words(" holds the same content already, nothing changed", FAINT))
    elif model.dry_run:
        told = line(identity(model.reference), words(f" would be imported from {model.source}", FAINT))
    else:
        told = line(identity(model.reference), " ", words("imported", GOOD), words(f" from {model.source}", FAINT))
    parts: list[RenderableType] = [told]
    if model.failing_tests:
        parts.append(words(f"{plural(model.failing_tests, 'test case')} of its own fail", WARNING))
    parts += [_activated_line(item) for item in model.activated]
    if model.dry_run and model.impact is not None:
        parts += [Text(), view(model.impact, at)]
    return Group(*parts)


@view.register
def _activation(model: PackActivation, at: datetime) -> RenderableType:
    return Facts(
        [
            ("tenant", identity(model.tenant_id)),
            ("active", words(_pair(model))),
            ("since", when(model.activated_at, at)),
            ("by", words(model.activated_by)),
            ("reason", optional(model.reason)),
            ("activation", words(f"no. {model.no}")),
        ]
    )


@view.register
def _activated(model: PackActivated, at: datetime) -> RenderableType:
    return Group(_activated_line(model), Text(), _activation(model.activation, at))


@view.register
def _activated_list(model: PackActivatedList, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing was activated.", FAINT)
    return Group(*(_activated_line(item) for item in model.items))


def _activated_line(model: PackActivated) -> Text:
    activation = model.activation
    if not model.changed:
        return line(identity(activation.tenant_id), words(f" has {_pair(activation)} active already", FAINT))
    before = f" (was {_pair(model.previous)})" if model.previous else ""
    done = words("activated", GOOD)
    return line(identity(activation.tenant_id), " ", done, " ", words(_pair(activation)), words(before, FAINT))


def _pair(activation: PackActivation) -> str:
    domain = f"domain:{activation.domain}@{activation.domain_version}"
    if activation.policy_version is None:
        return domain
    return f"{domain} with policy:{activation.tenant_id}@{activation.policy_version}"


@view.register
def _check(model: PackCheck, at: datetime) -> RenderableType:
    verdict = words("valid", GOOD) if model.valid else words("not valid", BAD)
    name = words(f"{model.kind}:{model.name}") if model.kind and model.name else missing()
    facts = Facts(
        [("file", words(model.source)), ("pack", name), ("checksum", optional(model.checksum)), ("verdict", verdict)]
    )
    parts: list[RenderableType] = [facts]
    if model.findings:
        parts += [title(plural(len(model.findings), "finding")), *(_bullet(item.sentence) for item in model.findings)]
    if model.suites:
        parts += [title("Test suites"), suite_grid(model.suites)]
    return Group(*parts)


def _bullet(text: str) -> Text:
    return line(words("- ", WARNING), words(text))


def suite_grid(suites: tuple[SuiteResult, ...]) -> Grid:
    """Suites with what failed in each."""
    return Grid(
        [Column("suite"), Column("passed", right=True), Column("failed", right=True)],
        [
            [
                identity(suite.suite_id),
                words(f"{suite.passed:,}", GOOD),
                words(f"{suite.failed:,}", BAD if suite.failed else FAINT),
            ]
            for suite in suites
        ],
        below=[words("; ".join(_failed(case) for case in suite.cases if not case.passed), WARNING) for suite in suites],
    )


def _failed(case: CaseResult) -> str:
    expected = ", ".join(f"{name} {value}" for name, value in case.expected.items())
    actual = ", ".join(f"{name} {value}" for name, value in case.actual.items())
    return f"{case.case_id}: expected {expected}, was {actual} ({case.why})"
