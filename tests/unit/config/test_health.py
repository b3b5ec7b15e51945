"""Thresholds of health checks in the project file and the user file."""

from pathlib import Path

import pytest

from sentinai_cli.config import load_settings
from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.health_state import CheckState
from sentinai_cli.models.health_threshold import DEFAULT, LIMITS, Threshold, threshold
from sentinai_cli.services.setting import list_settings


@pytest.fixture
def user_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "config" / "sentinai" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def in_force(cwd: Path, name: str) -> Threshold:
    return load_settings(profile=None, environ={}, cwd=cwd).health[name]


def test_without_a_word_the_defaults_hold(tmp_path: Path, user_file: Path) -> None:
    settings = load_settings(profile=None, environ={}, cwd=tmp_path)
    assert settings.health.keys() == LIMITS.keys()
    assert {one.origin for one in settings.health.values()} == {DEFAULT}


def test_the_project_file_beats_the_user_file_which_beats_the_default(tmp_path: Path, user_file: Path) -> None:
    user_file.write_text("[health]\nconnections = { warn = 50 }\nbreached = { warn = 5, fail = 50.5 }\n")
    (tmp_path / "sentinai.toml").write_text("[health.connections]\nwarn = 60\nfail = 61\n")
    connections, breached = in_force(tmp_path, "connections"), in_force(tmp_path, "breached")
    assert (connections.warn, connections.fail, connections.origin) == (60, 61, "project file sentinai.toml")
    assert (breached.warn, breached.fail, breached.origin) == (5, 50.5, f"user file {user_file}")


def test_a_level_that_is_left_out_is_the_defaults(tmp_path: Path, user_file: Path) -> None:
    (tmp_path / "sentinai.toml").write_text("health.cache_hit.warn = 99\n")
    assert in_force(tmp_path, "cache_hit").fail == LIMITS["cache_hit"].fail


def test_what_a_file_sets_is_shown_among_the_settings(tmp_path: Path, user_file: Path) -> None:
    (tmp_path / "sentinai.toml").write_text("health.lock_wait.warn = 2\n")
    listed = list_settings(load_settings(profile=None, environ={}, cwd=tmp_path))
    (shown,) = [one for one in listed.items if one.name.startswith("health")]
    assert (shown.name, shown.value) == ("health.lock_wait", "warn from 2 s, fail from 60 s")
    assert shown.origin == "project file sentinai.toml"


WRONG = [
    ("[health]\nconnection = { warn = 1 }", "unknown_setting", "'connection'", "'connections'"),
    ("[health]\nconnections = { wrn = 1 }", "unknown_setting", "health.connections", "'warn'"),
    ("health = 3", "invalid_setting", "health", "[health]"),
    ("[health]\nconnections = 70", "invalid_setting", "health.connections", "warn = 70"),
    ("[health]\nconnections = {}", "invalid_setting", "health.connections", "warn = 70"),
    ("[health]\nconnections = { warn = true }", "invalid_setting", "health.connections.warn", "a number"),
    ("[health]\nconnections = { warn = 'much' }", "invalid_setting", "health.connections.warn", "a number"),
    ("[health]\nconnections = { warn = -1 }", "invalid_setting", "health.connections.warn", "from 0 on"),
    ("[health]\nconnections = { fail = nan }", "invalid_setting", "health.connections.fail", "a number"),
    ("[health]\nconnections = { fail = inf }", "invalid_setting", "health.connections.fail", "a number"),
    ("[health]\nconnections = { warn = 95 }", "invalid_setting", "health.connections", "no less than warn"),
    ("[health]\ncache_hit = { warn = 10 }", "invalid_setting", "health.cache_hit", "no more than warn"),
]


@pytest.mark.parametrize(("text", "code", "what", "why"), WRONG)
def test_a_threshold_that_cannot_be_meant_is_refused_by_its_place(
    tmp_path: Path, user_file: Path, text: str, code: str, what: str, why: str
) -> None:
    (tmp_path / "sentinai.toml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        load_settings(profile=None, environ={}, cwd=tmp_path)
    assert caught.value.code == code
    assert what in caught.value.what
    assert why in (caught.value.why or "")


@pytest.mark.parametrize(
    ("name", "value", "state"),
    [
        ("connections", 69.9, CheckState.OK),
        ("connections", 70, CheckState.WARN),
        ("connections", 90, CheckState.FAIL),
        ("cache_hit", 95.1, CheckState.OK),
        ("cache_hit", 95, CheckState.WARN),
        ("cache_hit", 80, CheckState.FAIL),
        ("end_of_life", 0, CheckState.FAIL),
    ],
)
def test_a_value_that_reaches_a_threshold_counts(name: str, value: float, state: CheckState) -> None:
    assert threshold(name).judge(value) is state
