"""Options that repeat what a model says, because models are slow to import."""

from sentinai_cli.cli.commands.exception.find import SORTS
from sentinai_cli.cli.commands.exception.understand import BY
from sentinai_cli.cli.options import ENVIRONMENTS, SEVERITIES, STATUSES
from sentinai_cli.models.database import Environment
from sentinai_cli.models.exception import Severity, Sort, Status
from sentinai_cli.models.exception_breakdown import By


def test_the_choices_are_those_of_the_models() -> None:
    assert list(SEVERITIES) == list(Severity)
    assert list(STATUSES) == list(Status)
    assert list(ENVIRONMENTS) == list(Environment)
    assert list(SORTS) == list(Sort)
    assert list(BY) == list(By)
