"""A health report in Prometheus' text exposition format 0.0.4: gauges for the checks, their thresholds and numbers."""

from collections.abc import Iterable, Iterator, Mapping

from sentinai_cli.models.health import CheckState, HealthReport
from sentinai_cli.models.health_measure import MEASURES
from sentinai_cli.render.text import safe

_PREFIX = "sentinai_"
Sample = tuple[Mapping[str, str], float]


def as_prometheus(report: HealthReport) -> Iterator[str]:
    """The lines, each metric with its help and type; a check has a series for each state, 1 for the one it is in."""
    states = [
        ({"check": check.check, "state": state.value}, float(check.state is state))
        for check in report.items
        for state in CheckState
    ]
    yield from _metric("health_check_state", "Whether a health check is in this state.", states)
    thresholds = [
        ({"check": check.check, "threshold": one.name, "level": level, "unit": one.unit}, value)
        for check in report.items
        for one in check.thresholds
        for level, value in (("warn", one.warn), ("fail", one.fail))
    ]
    yield from _metric("health_threshold", "Where a health check begins to warn and to fail.", thresholds)
    found: dict[str, list[Sample]] = {name: [] for name in MEASURES}
    for check in report.items:
        for measure in check.measures:
            found[measure.name].append((measure.labels, measure.value))
    for name, samples in found.items():
        yield from _metric(name, MEASURES[name], samples)


def _metric(name: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    lines = [f"{_PREFIX}{name}{_labels(labels)} {value!r}\n" for labels, value in samples]
    if lines:
        kind = "counter" if name.endswith("_total") else "gauge"
        yield f"# HELP {_PREFIX}{name} {about}\n# TYPE {_PREFIX}{name} {kind}\n"
        yield from lines


def _labels(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    r"""What a terminal would act on as text, then `\` and `"` as the format wants them."""
    return safe(value).replace("\\", "\\\\").replace('"', '\\"')
