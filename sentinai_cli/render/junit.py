"""A health report as JUnit XML, which CI systems show: a test case for each check."""

from collections.abc import Iterator
from html import escape

from sentinai_cli.models.health import CheckState, HealthCheck, HealthReport
from sentinai_cli.render.text import safe

_SUITE = "sentinai.health"


def as_junit(report: HealthReport) -> Iterator[str]:
    """One document. A check that fails is a failure, one that could not be made is skipped, a warning is output."""
    counts = f'tests="{len(report.items)}" failures="{_count(report, CheckState.FAIL)}" errors="0"'
    skipped = f'skipped="{_count(report, CheckState.UNKNOWN)}"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites {counts}>\n"
    yield f'  <testsuite name="{_SUITE}" {counts} {skipped}>\n'
    for check in report.items:
        yield from _case(check)
    yield "  </testsuite>\n</testsuites>\n"


def _case(check: HealthCheck) -> Iterator[str]:
    head = f'    <testcase classname="{_SUITE}" name="{_text(check.check)}"'
    if check.state is CheckState.OK:
        yield f"{head}/>\n"
        return
    first = next(one for one in check.evidence if one.state is check.state)
    message = _text(f"{first.object}: {first.finding}")
    told = "\n".join(_told(check))
    yield f"{head}>\n"
    if check.state is CheckState.FAIL:
        yield f'      <failure type="fail" message="{message}">{told}</failure>\n'
    else:
        if check.state is CheckState.UNKNOWN:
            yield f'      <skipped message="{message}"/>\n'
        yield f"      <system-out>{told}</system-out>\n"
    yield "    </testcase>\n"


def _told(check: HealthCheck) -> Iterator[str]:
    yield _text(f"{check.question} {check.covered}")
    for one in check.evidence:
        yield _text(f"{one.state}: {one.object}: {one.finding}")
        if one.fix is not None:
            yield _text(f"  fix: {one.fix}")


def _count(report: HealthReport, state: CheckState) -> int:
    return sum(check.state is state for check in report.items)


def _text(value: str) -> str:
    """Text that XML can hold: no control character, no half of one, no markup."""
    return escape(safe(value), quote=True)
