"""What the runtime gives to commands."""

import json
import os

import pytest

from sentinai_cli.cli import actor
from tests.cli.conftest import Sentinai


def test_reading_without_a_tenant_covers_all_and_says_so(sentinai: Sentinai) -> None:
    ran = sentinai("probe", "list")
    assert "all tenants; --tenant ID narrows it to one" in ran.err
    assert "scope AllTenants()" in ran.err


@pytest.mark.parametrize("flag", ["--tenant", "--tenant-id"])
def test_a_named_tenant_is_the_scope(flag: str, sentinai: Sentinai) -> None:
    ran = sentinai("probe", "list", flag, "ACME", environ={"SENTINAI_TENANT": "BETA"})
    assert "scope TenantScope(tenant_id='ACME')" in ran.err
    assert "all tenants" not in ran.err


def test_a_configured_tenant_is_the_scope_and_its_origin_is_told(sentinai: Sentinai) -> None:
    ran = sentinai("probe", "write", environ={"SENTINAI_TENANT": "BETA"})
    assert "tenant BETA (from environment SENTINAI_TENANT)" in ran.err
    assert "wrote TenantScope(tenant_id='BETA')" in ran.err


def test_all_tenants_beats_the_configured_one(sentinai: Sentinai) -> None:
    assert "wrote AllTenants()" in sentinai("probe", "write", "--all-tenants", environ={"SENTINAI_TENANT": "BETA"}).err


def test_writing_without_a_tenant_lists_them_and_changes_nothing(sentinai: Sentinai) -> None:
    ran = sentinai("probe", "write")
    assert ran.code == 2
    assert "error[tenant_needed]" in ran.err
    assert "tenants: ACME, BETA" in ran.err
    assert "wrote" not in ran.err


@pytest.mark.parametrize("arguments", [["--tenant", "ACME", "--all-tenants"], ["--tenant", "a b"], ["--tenant", ""]])
def test_a_tenant_that_cannot_be_is_refused(arguments: list[str], sentinai: Sentinai) -> None:
    ran = sentinai("probe", "write", *arguments)
    assert ran.code == 2
    assert "wrote" not in ran.err


def test_the_target_is_announced_before_something_is_changed(sentinai: Sentinai) -> None:
    err = sentinai("probe", "write", "--all-tenants").err
    announced = "target: development, profile embedded, revision 0003, PostgreSQL 18.6, postgresql://postgres@"
    assert err.index(announced) < err.index("wrote")


def test_the_journal_learns_the_command_what_was_typed_and_who_did_it(sentinai: Sentinai) -> None:
    ran = sentinai("probe", "operation", "some text", "--actor", "ada", "--reason", "CHG-1", "--severity", "high")
    said = json.loads(ran.err)
    assert said["command"] == "probe operation"
    assert said["arguments"] == {"text": "some text", "severity": "high"}
    assert (said["actor"], said["reason"]) == ("ada", "CHG-1")
    assert said["started_at"] == "2026-11-20 03:00:00+00:00"


def test_the_actor_comes_from_the_environment_when_none_is_typed(sentinai: Sentinai) -> None:
    assert json.loads(sentinai("probe", "operation", "x", environ={"SENTINAI_ACTOR": "bot"}).err)["actor"] == "bot"


def test_a_user_without_a_passwd_entry_acts_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 987_654_321)
    assert actor.actor_name(None, {}) == "uid:987654321"


def test_progress_shows_on_a_terminal_and_nowhere_else(sentinai: Sentinai) -> None:
    assert "Working" in sentinai("probe", "progress", terminal=True).err
    assert sentinai("probe", "progress").err == ""
    assert sentinai("probe", "progress", "--quiet", terminal=True).err == ""


def test_a_command_without_a_group_is_called_by_its_own_name(sentinai: Sentinai) -> None:
    assert sentinai("solo").err == "alone\n"


def test_config_show_names_every_origin_and_hides_the_password(sentinai: Sentinai) -> None:
    environ = {"DATABASE_URL": "postgresql://ops:hunter2secret@db/app", "SENTINAI_TENANT": "ACME"}
    ran = sentinai("config", "show", "--json", environ=environ)
    settings = {item["name"]: item for item in json.loads(ran.out)["items"]}
    assert settings["tenant"] == {
        "name": "tenant",
        "value": "ACME",
        "origin": "environment SENTINAI_TENANT",
        "overruled": [],
    }
    assert settings["database_url"]["value"] == "postgresql://ops@db/app"
    assert settings["database_url"]["origin"] == "environment DATABASE_URL"
    assert settings["pool_size"]["origin"] == "default"
    assert "hunter2secret" not in ran.out + ran.err
