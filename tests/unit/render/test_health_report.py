"""Health reports as monitoring and CI read them, with their own parsers, whatever text is in them."""

import xml.etree.ElementTree as ET
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.health import CheckState, Evidence, HealthCheck, HealthReport, Measure, Seen
from sentinai_cli.models.health_measure import MEASURES
from sentinai_cli.models.health_threshold import DEFAULTS
from sentinai_cli.render.junit import as_junit
from sentinai_cli.render.prometheus import as_prometheus
from sentinai_cli.render.show import show
from sentinai_cli.render.text import safe
from tests.golden.sample import AT

TEXTS = st.text(max_size=30)
STATES = st.sampled_from(CheckState)


def report(text: str, state: CheckState = CheckState.FAIL) -> HealthReport:
    evidence = () if state is CheckState.OK else (Evidence(state=state, object=text, finding=text, fix=text),)
    measures = (
        Measure(name="tenant_breached", value=3, labels={"tenant": text}),
        Measure(name="deadlocks_total", value=2.5),
    )
    first = HealthCheck.of("sla", text, Seen(text, evidence, measures), [DEFAULTS["breached"]])
    return HealthReport.of([first, HealthCheck.of("cache", "Is it?", Seen("all"), [DEFAULTS["cache_hit"]])])


@settings(max_examples=60)
@given(TEXTS, STATES)
def test_prometheus_reads_every_number_with_its_labels(text: str, state: CheckState) -> None:
    families = {
        family.name: family for family in text_string_to_metric_families("".join(as_prometheus(report(text, state))))
    }
    states = families["sentinai_health_check_state"]
    assert states.type == "gauge"
    assert {(one.labels["check"], one.labels["state"]) for one in states.samples if one.value == 1} == {
        ("sla", state.value),
        ("cache", "ok"),
    }
    assert len(states.samples) == 2 * len(CheckState)
    (breached,) = families["sentinai_tenant_breached"].samples
    assert (breached.value, breached.labels) == (3, {"tenant": safe(text)})
    assert families["sentinai_tenant_breached"].documentation == MEASURES["tenant_breached"]
    deadlocks = families["sentinai_deadlocks"]
    assert (deadlocks.type, deadlocks.samples[0].value) == ("counter", 2.5)
    levels = {
        (one.labels["threshold"], one.labels["level"]): one.value
        for one in families["sentinai_health_threshold"].samples
    }
    assert levels["cache_hit", "fail"] == 80


def test_each_metric_is_told_once_with_help_and_type_before_it() -> None:
    text = "".join(as_prometheus(report("A")))
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert text.count("# HELP") == len(names)
    assert text.endswith("\n")


@settings(max_examples=60)
@given(TEXTS, STATES)
def test_junit_is_xml_with_a_test_case_for_each_check(text: str, state: CheckState) -> None:
    root = ET.fromstring("".join(as_junit(report(text, state))))
    (suite,) = root
    cases = {case.get("name"): case for case in suite}
    assert cases.keys() == {"sla", "cache"}
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == [
        "2",
        str(int(state is CheckState.FAIL)),
        "0",
        str(int(state is CheckState.UNKNOWN)),
    ]
    parts = {part.tag: part for part in cases["sla"]}
    expected = {
        CheckState.OK: set(),
        CheckState.WARN: {"system-out"},
        CheckState.UNKNOWN: {"skipped", "system-out"},
        CheckState.FAIL: {"failure"},
    }
    assert parts.keys() == expected[state]
    if state is CheckState.FAIL:
        assert parts["failure"].get("message") == f"{safe(text)}: {safe(text)}"


@pytest.mark.parametrize("output", ["prometheus", "junit"])
def test_a_format_that_is_fixed_has_no_fields_to_choose(output: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        show(report("A"), output=output, fields=["check"], stream=StringIO(), at=AT)
    assert caught.value.code == "fields_not_offered"
