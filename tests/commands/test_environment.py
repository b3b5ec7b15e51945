"""`sentinai db environment`: the mark that guards a database."""

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.operator import Operator

SET = ("db", "environment", "set")


def _mark(operator: Operator) -> str:
    mark: str = operator("db", "environment", "show", "-o", "json").document["environment"]
    return mark


def test_the_mark_is_set_at_once_where_nothing_is_unguarded(migrated: Operator) -> None:
    for mark in ("staging", "development", "production"):
        ran = migrated(*SET, mark, "-o", "json")
        assert (ran.code, ran.document) == (0, {"environment": mark, "changed": True})
        again = migrated(*SET, mark, "-o", "json")
        assert (again.code, again.document["changed"]) == (0, False)
        assert f"unchanged: it is marked {mark} already" in again.err
        assert _mark(migrated) == mark


def test_taking_production_away_needs_the_exact_name_of_the_database(migrated: Operator, url: DatabaseUrl) -> None:
    migrated(*SET, "production")
    name = str(url.database)
    for words, answers, code in (
        ([], "\n", "wrong_confirmation"),
        ([], "y\n", "wrong_confirmation"),
        ([], name.upper() + "\n", "wrong_confirmation"),
        ([], None, "not_confirmed"),
        (["--no-input"], name + "\n", "not_confirmed"),
        (["--confirm", "sentinai"], None, "wrong_confirmation"),
        (["--confirm", ""], None, "wrong_confirmation"),
    ):
        ran = migrated(*SET, "staging", *words, answers=answers)
        assert (ran.code, ran.out) == (7, "")
        assert f"error[{code}]" in ran.err.replace("\x1b[1;31m", "")
        assert _mark(migrated) == "production"
    asked = migrated(*SET, "staging", answers=name + "\n")
    assert asked.code == 0
    assert f"Type \x1b[1m{name}\x1b[0m to go on: " in asked.err
    assert _mark(migrated) == "staging"


def test_the_name_may_come_by_the_flag(migrated: Operator, url: DatabaseUrl) -> None:
    migrated(*SET, "production")
    assert migrated(*SET, "development", "--confirm", str(url.database)).code == 0
    assert _mark(migrated) == "development"


@pytest.mark.parametrize("mark", ["prod", "", "PRODUCTION ", "\x1b[31m"])
def test_a_mark_that_is_none_is_refused(mark: str, migrated: Operator) -> None:
    ran = migrated(*SET, mark)
    assert (ran.code, ran.out) == (2, "")
    assert "\x1b" not in ran.err
    assert _mark(migrated) == "development"


def test_production_is_red_in_the_banner(migrated: Operator) -> None:
    migrated(*SET, "production")
    ran = migrated("tenants", "create", "ACME", "--domain", "Finance", terminal=True)
    assert "\x1b[1;37;41mproduction\x1b[0m" in ran.err
