"""Long catalogue queries, a file each, loaded by name. What a query takes and gives stands at its head."""

from functools import cache
from pathlib import Path


@cache
def query(name: str) -> str:
    """The text of `name`.sql."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
