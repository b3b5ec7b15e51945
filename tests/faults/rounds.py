"""How often chance is tried, and from where: `make faults FAULT_ROUNDS=50 FAULT_SEED=7`."""

import os
import random

import pytest

SEED = int(os.environ.get("FAULT_SEED", "1"))
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))


def rounds(times: int = 1) -> pytest.MarkDecorator:
    """Run the test so many times a round, with a `chance` that its name, which the report shows, makes again."""
    names = [f"{SEED}.{number}" for number in range(times * ROUNDS)]
    return pytest.mark.parametrize("chance", [random.Random(name) for name in names], ids=names)
