"""The hashes are those of docs/event-hashes.md, by our code, by the bare definition and by the server."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import rfc8785

from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event_hash import GENESIS, canonical_time, chain_hash, event_leaf, record_digest
from tests.conftest import connect

PAGE = Path(__file__).parents[3] / "docs" / "event-hashes.md"


@pytest.fixture(scope="module")
def vectors() -> Any:
    found = re.search(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_records_and_events_hash_as_documented(vectors: Any) -> None:
    record = vectors["record"]["document"]
    made = record_digest(
        **record | {"amount": Decimal(record["amount"]), "created_at": datetime.fromisoformat(record["created_at"])}
    )
    assert made.hex() == vectors["record"]["digest"]
    previous = GENESIS
    for event in vectors["events"]:
        said = event["document"]
        leaf = event_leaf(
            **said | {"event_id": UUID(said["event_id"]), "created_at": datetime.fromisoformat(said["created_at"])}
        )
        previous = chain_hash(previous, event["event_no"], leaf)
        assert (leaf.hex(), previous.hex()) == (event["leaf"], event["hash"])


def test_the_definition_alone_gives_the_same(vectors: Any) -> None:
    record = hashlib.sha256(b"sentinai.record.v1" + rfc8785.dumps(vectors["record"]["document"]))
    assert record.hexdigest() == vectors["record"]["digest"]
    previous = bytes(32)
    for event in vectors["events"]:
        leaf = hashlib.sha256(b"\x00sentinai.event.v1" + rfc8785.dumps(event["document"])).digest()
        previous = hashlib.sha256(b"\x01" + previous + event["event_no"].to_bytes(8, "big") + leaf).digest()
        assert (leaf.hex(), previous.hex()) == (event["leaf"], event["hash"])


def test_the_server_links_as_we_do(server: DatabaseUrl, vectors: Any) -> None:
    with connect(server) as connection:
        previous = bytes(32)
        for event in vectors["events"]:
            previous = _linked(connection, previous, event["event_no"], bytes.fromhex(event["leaf"]))
            assert previous.hex() == event["hash"]


def _linked(connection: psycopg.Connection, previous: bytes, event_no: int, leaf: bytes) -> bytes:
    linked = "SELECT sha256('\\x01'::bytea || %s::bytea || int8send(%s::bigint) || %s::bytea)"
    row = connection.execute(linked, [previous, event_no, leaf]).fetchone()
    assert row is not None
    return bytes(row[0])


def test_a_time_is_canonical_whatever_its_offset() -> None:
    moment = datetime(2026, 11, 20, 9, 0, 0, 5, UTC)
    assert canonical_time(moment) == "2026-11-20T09:00:00.000005Z"
    assert canonical_time(moment.astimezone(timezone(timedelta(hours=5, minutes=30)))) == canonical_time(moment)
