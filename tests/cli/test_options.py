"""Options that repeat what a model says, because models are slow to import."""

from sentinai_cli.cli.options import ENVIRONMENTS, SEVERITIES, STATUSES
from sentinai_cli.models.database import Environment
from sentinai_cli.models.exception import Severity, Status


def test_the_choices_are_those_of_the_models() -> None:
    assert list(SEVERITIES) == list(Severity)
    assert list(STATUSES) == list(Status)
    assert list(ENVIRONMENTS) == list(Environment)
