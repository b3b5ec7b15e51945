"""What is erased must hold together first; whatever was done to it is named."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.event import StoredEvent
from sentinai_cli.models.exception import NewException, Status
from sentinai_cli.services.erasure_record import exported, require_whole
from tests.db.records import record

Row = dict[str, Any]
Log = list[StoredEvent]
ONE = record("A", 1, status=Status.RESOLVED, comments=2)


def stored(one: NewException) -> tuple[Row, Log]:
    """The row and the log as the database gives them."""
    log = [
        StoredEvent(tenant_id=one.tenant_id, exception_id=one.exception_id, **{**asdict(event), "actor_type": "system"})
        for event in one.events
    ]
    head = {"last_event_no": len(log), "last_event_hash": log[-1].hash}
    return {**asdict(one), **head}, log


def test_what_is_whole_is_told_as_it_is() -> None:
    row, log = stored(ONE)
    require_whole(row, log)
    line = exported(row)
    assert (line.exception_id, line.amount, line.source_digest) == (ONE.exception_id, "10.50", ONE.source_digest.hex())
    assert exported({**row, "amount": None}).amount is None


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda row, log: (row, [log[0], log[1]._replace(actor_id="me"), *log[2:]]), "leaf hash"),
        (lambda row, log: (row, [log[0]._replace(payload={"n": 1e300}), *log[1:]]), "/payload/n"),
        (lambda row, log: (row, [log[0]._replace(payload={"n": 2**60}), *log[1:]]), "/payload/n"),
        (lambda row, log: (row, [log[0]._replace(created_at=log[0].created_at + timedelta(1)), *log[1:]]), "leaf hash"),
        (lambda row, log: (row, [log[0], *log[2:]]), "does not follow"),
        (lambda row, log: (row, [log[0], log[2], log[1], log[3]]), "does not follow"),
        (lambda row, log: (row, [log[0]._replace(hash=bytes(32)), *log[1:]]), "does not follow"),
        (lambda row, log: (row, log[:-1]), "head"),
        (lambda row, log: (row, []), "head"),
        (lambda row, log: ({**row, "last_event_no": 9}, log), "head"),
        (lambda row, log: ({**row, "last_event_hash": bytes(32)}, log), "head"),
        (lambda row, log: ({**row, "amount": Decimal("10.5")}, log), "what its events say"),
        (lambda row, log: ({**row, "raw_payload": {}}, log), "what its events say"),
        (lambda row, log: ({**row, "normalized_context": {"n": 2**60}}, log), "/normalized_context/n"),
    ],
)
def test_whatever_was_altered_stops_it(damage: Callable[[Row, Log], tuple[Row, Log]], why: str) -> None:
    row, log = damage(*stored(ONE))
    with pytest.raises(CheckFailed) as caught:
        require_whole(row, log)
    assert caught.value.code == "events_broken"
    assert caught.value.fix == "sentinai events verify --tenant A"
    assert why in str(caught.value.why)
