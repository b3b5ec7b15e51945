"""Results on a terminal."""

import inspect
import pkgutil
import re
import types
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from sentinai_cli import services
from sentinai_cli.models.base import Model
from sentinai_cli.models.database import Environment, Isolation, SchemaState
from sentinai_cli.models.exception import ExceptionList, Severity, Status
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.tenant import TenantStatus
from sentinai_cli.render.human import span
from sentinai_cli.render.style import member
from sentinai_cli.render.views import view
from tests.golden.exception_sample import AT, CASH_BREAK, DEMOGRAPHICS
from tests.golden.sample import SAMPLES
from tests.golden.terminal import Terminal, shown

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
NOT_SHOWN = {
    "sentinai_cli.services.erasure.erase_exported",
    "sentinai_cli.services.erasure_record.envelope",
    "sentinai_cli.services.erasure_record.exported",
    "sentinai_cli.services.erasure_record.head_of",
    "sentinai_cli.services.legal_hold.find_hold",
    "sentinai_cli.services.restore.read_manifest",
    "sentinai_cli.services.seed_run.find_run",
    "sentinai_cli.services.tenant_burial.bury",
}
"""What a command or another service asks for to go on with."""


def _results_of_services() -> Iterator[tuple[str, type[Model]]]:
    """Every model that a public function of a service returns to a command, not to another service's transaction."""
    for found in pkgutil.walk_packages(services.__path__, services.__name__ + "."):
        for name, function in inspect.getmembers(import_module(found.name), inspect.isfunction):
            own = function.__module__ == found.name and not name.startswith("_")
            if own and "work" not in inspect.signature(function).parameters:
                for model in _models(get_type_hints(function).get("return")):
                    yield f"{found.name}.{name}", model


def _models(annotation: Any) -> list[type[Model]]:
    if get_origin(annotation) in (Union, types.UnionType):
        return [model for part in get_args(annotation) for model in _models(part)]
    return [annotation] if isinstance(annotation, type) and issubclass(annotation, Model) else []


def test_every_result_of_a_service_has_a_view() -> None:
    results = dict(_results_of_services())
    assert results, "no service returns a model"
    assert {name for name, model in results.items() if model not in view.registry} == NOT_SHOWN


def test_every_view_has_a_golden_sample() -> None:
    seen = {type(sample) for sample in SAMPLES.values()}
    assert [model.__name__ for model in view.registry if model is not object and model not in seen] == []


def test_a_model_without_a_view_is_a_bug_and_not_an_empty_screen() -> None:
    class Unseen(Model):
        pass

    with pytest.raises(TypeError, match="no view for Unseen"):
        shown(Unseen(), stream=Terminal())


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("width", [20, 80, 200])
def test_nothing_on_a_terminal_acts_on_it_but_our_own_colours(
    name: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = ESCAPE.sub("", shown(SAMPLES[name], stream=Terminal()))
    assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("width", [1, 15, 20, 40, 80, 300])
def test_an_id_is_whole_on_one_line_at_every_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    lines = shown(SAMPLES["exception_list"], stream=Terminal()).splitlines()
    assert [line.split()[0] for line in lines[1:4]] == [
        "FIN-9C41D07A-000017",
        "HC-05BE7712-000003",
        "HC-05BE7712-000011",
    ]


def test_what_a_narrow_terminal_leaves_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    last = shown(SAMPLES["exception_list"], stream=Terminal()).splitlines()[-1]
    assert last.startswith("not shown at this width: ")
    assert "owner" in last


@pytest.mark.parametrize("variable", ["NO_COLOR", "TERM"])
def test_who_wants_no_colour_gets_no_escape_at_all(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" in shown(SAMPLES["exception_list"], stream=Terminal())
    monkeypatch.setenv(variable, {"NO_COLOR": "1", "TERM": "dumb"}[variable])
    assert "\x1b" not in shown(SAMPLES["exception_list"], stream=Terminal())


def test_a_table_asked_for_in_a_pipe_leaves_nothing_out_and_has_no_colour() -> None:
    text = shown(SAMPLES["exception_list"], "table")
    assert "LedgerCore" in text
    assert "\x1b" not in text
    assert "not shown" not in text


@pytest.mark.parametrize("vocabulary", [Severity, Status, TenantStatus, Outcome, Environment, SchemaState, Isolation])
def test_every_word_of_our_vocabularies_has_a_colour_or_weight_of_its_own(vocabulary: type[StrEnum]) -> None:
    styles = [member(word).style for word in vocabulary]
    assert all(styles)
    if vocabulary in (Severity, Status):
        assert len(set(styles)) == len(styles)


def test_a_long_list_of_wide_characters_stays_aligned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("NO_COLOR", "1")
    wide = DEMOGRAPHICS.model_copy(update={"entity": "東京支店", "owner": "a"})
    narrow = CASH_BREAK.model_copy(update={"entity": "Tokyo", "owner": "b"})
    _, first, second = shown(ExceptionList.whole([wide, narrow]), stream=Terminal()).splitlines()[:3]
    assert first.index("a ", first.index("東京支店")) + 4 == second.index("b ", second.index("Tokyo"))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0s"), (59, "59s"), (60, "1m"), (5999, "99m"), (6000, "1h"), (172_799, "47h"), (172_800, "2d"), (-90, "1m")],
)
def test_a_span_is_told_in_one_unit(seconds: int, words: str) -> None:
    assert span(AT - AT.fromtimestamp(AT.timestamp() - seconds, AT.tzinfo)) == words
