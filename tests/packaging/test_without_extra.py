"""The wheel without the embedded server: it works against a URL, and says how to get a server of its own."""

import json

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.packaging.conftest import Installation

pytestmark = pytest.mark.slow

NO_SYSTEM_SERVER = """
import sys
from sentinai_cli.db.embedded.programs import find_programs
find_programs.__kwdefaults__["system"] = ()
from sentinai_cli.cli.run import run
sys.exit(run(["db", "start"]))
"""
"""The command line on a machine on which no PostgreSQL stands in any of the usual places."""


def test_the_way_to_a_server_of_its_own_is_told(without_extra: Installation) -> None:
    told = without_extra.run("python", "-c", NO_SYSTEM_SERVER, PATH="/nowhere")
    assert (told.returncode, told.stdout) == (5, "")
    assert "pip install 'sentinai-cli[embedded]'" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_url_is_enough_for_the_whole_way(without_extra: Installation, empty_url: DatabaseUrl) -> None:
    def sentinai(*arguments: str) -> str:
        done = without_extra.run("sentinai", *arguments, DATABASE_URL=empty_url.text)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    sentinai("migrate")
    sentinai("seed")
    status = json.loads(sentinai("status", "--json"))
    assert status["target"]["profile"] == "environment"
    assert status["target"]["embedded"] is False
    assert len(json.loads(sentinai("exceptions", "list", "--limit", "5", "--json"))["items"]) == 5
    sentinai("events", "verify", "--all-tenants")
