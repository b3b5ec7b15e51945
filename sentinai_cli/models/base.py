"""The base of every result and value model."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen and strict about its keys. Its JSON dump is what `-o json` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset")
    return moment.astimezone(UTC)


Moment: TypeAlias = Annotated[datetime, AfterValidator(_in_utc)]
"""A point in time with an offset, held in UTC."""
