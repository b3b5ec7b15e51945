"""Seals close what is settled and prove what they closed; with an anchor outside they betray a rewritten history."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.event_anchor import EventAnchor, read_anchors
from sentinai_cli.models.event_check import BreakKind, EventVerification
from sentinai_cli.models.event_hash import GENESIS, chain_hash
from sentinai_cli.models.event_proof import EventProof, check_proof, read_proof
from sentinai_cli.models.event_seal import EventSealed
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.event_anchor import anchor_seals
from sentinai_cli.services.event_append import append_event
from sentinai_cli.services.event_proof import check_proof_file, prove_event
from sentinai_cli.services.event_seal import seal_events
from tests.conftest import connect
from tests.db.records import log_of, record
from tests.db.test_event_log import ERASE, OWNER
from tests.services.conftest import ignore

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
A = TenantScope("A")
TABLES = ("exception", "exception_event", "event_seal", "event_seal_entry", "erasure")


def seal(database: Database, now: datetime = NOW) -> EventSealed:
    (item,) = seal_events(database, A, now=now, advance=ignore).items
    return item


def say(database: Database, text: str, exception_id: str = "EX-000001") -> str:
    result = append_event(
        database,
        A,
        exception_id,
        event_type=EventType.COMMENT_ADDED,
        payload={"text": text},
        actor_type=ActorType.USER,
        actor_id="ada",
        event_id=None,
        now=NOW,
    )
    return str(result.event.event_id)


def verified(database: Database, **options: Any) -> EventVerification:
    return verify_events(database, AllTenants(), advance=ignore, **options)


def erase(url: DatabaseUrl, number: int = 1) -> None:
    with connect(url) as connection, connection.transaction():
        connection.execute(OWNER)
        connection.execute(ERASE.format(operation=uuid4()).replace(", 1, x.last", f", {number}, x.last"))
        connection.execute("DELETE FROM exception_event WHERE exception_id = 'EX-000001'")
        connection.execute("DELETE FROM exception WHERE exception_id = 'EX-000001'")


def tamper(url: DatabaseUrl, *statements: str) -> None:
    """As a superuser who stops at nothing."""
    with connect(url) as admin:
        for table in TABLES:
            admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            admin.execute(statement)


def test_a_seal_closes_what_is_new_and_follows_the_one_before(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2), record("B", 1))
    first = seal(database).seal
    say(database, "more")
    second = seal(database).seal
    assert first is not None
    assert second is not None
    assert (first.seal_no, first.exceptions, first.events, first.previous) == (1, 2, 4, "00" * 32)
    assert (second.seal_no, second.exceptions, second.events, second.previous) == (2, 1, 1, first.hash)
    found = verified(database)
    assert (found.breaks, found.seals) == ((), 2)


def test_sealing_what_is_sealed_changes_nothing(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    first = seal(database)
    again = seal(database)
    assert (first.sealed, again.sealed, again.seal) == (True, False, first.seal)
    assert seal_events(database, AllTenants(), now=NOW, advance=ignore).items[0].sealed is False


def test_a_tenant_without_events_is_not_sealed_and_an_unknown_one_is_not_found(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("B", 1))
    with database.begin(AllTenants()) as work:
        work.tenants.add("A", name="A", domain="Finance")
    assert seal(database) == EventSealed(tenant_id="A", sealed=False, waiting=0, seal=None)
    with pytest.raises(NotFound):
        seal_events(database, TenantScope("C"), now=NOW, advance=ignore)


def test_what_an_open_transaction_may_still_join_waits_for_the_next_seal(
    url: DatabaseUrl, database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    with connect(url) as other, other.transaction():
        other.execute("SELECT pg_current_xact_id()")
        say(database, "written while another transaction is open")
        store(record("A", 2))
        item = seal(database)
        assert item.seal is not None
        assert (item.seal.events, item.waiting) == (2, 3)
    item = seal(database)
    assert item.seal is not None
    assert (item.seal.seal_no, item.seal.events, item.waiting) == (2, 3, 0)
    assert verified(database).broken == 0


def test_a_broken_log_is_not_sealed(url: DatabaseUrl, database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2))
    tamper(url, "UPDATE exception_event SET actor_id = 'me' WHERE event_no = 2 AND exception_id = 'EX-000002'")
    with pytest.raises(CheckFailed) as caught:
        seal(database)
    assert "event 2 of EX-000002" in str(caught.value.why)
    with database.begin(A) as work:
        assert work.event_seals.newest() == []


def test_what_came_after_the_last_seal_is_verified_alone(
    url: DatabaseUrl, database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1), record("A", 2), record("A", 3))
    seal(database)
    say(database, "new")
    found = verified(database, since_seal=True)
    assert (found.exceptions, found.events, found.broken) == (1, 1, 0)
    tamper(url, "UPDATE exception_event SET payload = '{}' WHERE event_no = 3", "UPDATE exception SET amount = 1")
    found = verified(database, since_seal=True)
    assert [each.kind for each in found.breaks] == [BreakKind.CONTENT, BreakKind.RECORD]
    tamper(url, "UPDATE exception SET last_event_no = 1 WHERE exception_id = 'EX-000002'")
    assert BreakKind.HEAD in [each.kind for each in verified(database, since_seal=True).breaks]


CUT_OFF = """
    UPDATE exception AS x SET last_event_no = 2, last_event_hash = e.hash FROM exception_event AS e
    WHERE e.exception_id = x.exception_id AND x.exception_id = 'EX-000001' AND e.event_no = 2
"""
SEALED_DAMAGE = {
    "the exception is deleted with its events": (
        [
            "DELETE FROM exception_event WHERE exception_id = 'EX-000001'",
            "DELETE FROM exception WHERE exception_id = 'EX-000001'",
        ],
        [BreakKind.ERASED] * 2,
    ),
    "the newest seal is deleted": (
        ["DELETE FROM event_seal_entry WHERE seal_no = 1", "DELETE FROM event_seal WHERE seal_no = 1"],
        [BreakKind.SEAL],
    ),
    "a seal says other numbers": (["UPDATE event_seal SET events = 9 WHERE seal_no = 2"], [BreakKind.SEAL] * 2),
    "a seal has another root": (["UPDATE event_seal SET root = sha256('') WHERE seal_no = 2"], [BreakKind.SEAL] * 2),
    "a seal is dated back": (["UPDATE event_seal SET sealed_at = sealed_at - '1 d'::interval"], [BreakKind.SEAL] * 2),
    "an entry is left out": (["DELETE FROM event_seal_entry WHERE seal_no = 2"], [BreakKind.SEAL]),
    "an entry closes something else": (
        ["UPDATE event_seal_entry SET hash = sha256('x') WHERE seal_no = 2"],
        [BreakKind.SEAL] * 2,
    ),
    "the exception's last event is cut off": (
        [
            "DELETE FROM exception_event WHERE exception_id = 'EX-000001' AND event_no = 3",
            CUT_OFF,
        ],
        [BreakKind.SEAL],
    ),
}


@pytest.mark.parametrize("damage", SEALED_DAMAGE)
def test_what_was_done_to_a_sealed_log_or_its_seals_is_found(
    url: DatabaseUrl, database: Database, store: Callable[..., int], damage: str
) -> None:
    store(record("A", 1), record("A", 2))
    seal(database)
    say(database, "third")
    seal(database)
    statements, kinds = SEALED_DAMAGE[damage]
    tamper(url, *statements)
    found = verified(database)
    assert [each.kind for each in found.breaks] == kinds
    assert {each.tenant_id for each in found.breaks} == {"A"}


def forge(url: DatabaseUrl) -> None:
    """Rewrite a history so that everything inside the database agrees: content, leaves, chains, heads."""
    tamper(url)
    with connect(url) as admin:
        rows = admin.execute("SELECT exception_id, event_no, leaf FROM exception_event ORDER BY 1, 2").fetchall()
        link, last = GENESIS, ""
        for exception_id, event_no, leaf in rows:
            link = chain_hash(GENESIS if exception_id != last else link, event_no, leaf)
            last = exception_id
            admin.execute(
                "UPDATE exception_event SET hash = %s WHERE exception_id = %s AND event_no = %s",
                [link, exception_id, event_no],
            )
            admin.execute(
                "UPDATE exception SET last_event_no = %s, last_event_hash = %s WHERE exception_id = %s",
                [event_no, link, exception_id],
            )
        admin.execute("TRUNCATE event_seal, event_seal_entry")


def test_a_history_that_was_rewritten_throughout_passes_but_for_an_anchor_outside(
    url: DatabaseUrl, database: Database, store: Callable[..., int], tmp_path: Path
) -> None:
    store(record("A", 1), record("A", 2))
    seal(database)
    file = tmp_path / "anchors.jsonl"
    anchor_seals(database, AllTenants(), file, now=NOW)
    anchors = read_anchors(file.read_bytes(), name="anchors.jsonl")
    found = verified(database, anchors=anchors)
    assert (found.broken, found.anchors) == (0, 1)
    tamper(
        url,
        "DELETE FROM exception_event WHERE exception_id = 'EX-000001' AND event_no = 2",
        "DELETE FROM exception_event WHERE exception_id = 'EX-000002'",
        "DELETE FROM exception WHERE exception_id = 'EX-000002'",
    )
    forge(url)
    assert verified(database).broken == 0
    assert [each.kind for each in verified(database, anchors=anchors).breaks] == [BreakKind.ANCHOR]
    seal(database)
    assert verified(database).broken == 0
    found = verified(database, anchors=anchors)
    assert [each.kind for each in found.breaks] == [BreakKind.ANCHOR]
    assert "is not the one that was anchored" in found.breaks[0].detail
    assert verify_events(database, TenantScope("A"), advance=ignore, anchors=anchors).broken == 1


def test_an_anchor_is_written_once_and_stays_valid_when_the_log_goes_on(
    database: Database, store: Callable[..., int], tmp_path: Path
) -> None:
    store(record("A", 1), record("B", 1))
    file = tmp_path / "anchors.jsonl"
    with pytest.raises(NotFound):
        anchor_seals(database, A, file, now=NOW)
    seal_events(database, AllTenants(), now=NOW, advance=ignore)
    assert [item.written for item in anchor_seals(database, AllTenants(), file, now=NOW).items] == [True, True]
    say(database, "on it goes")
    seal(database)
    assert [item.written for item in anchor_seals(database, AllTenants(), file, now=NOW).items] == [True, False]
    lines = file.read_text().splitlines()
    assert len(lines) == 3
    assert all(json.loads(line)["format"] == "sentinai.anchor.v1" for line in lines)
    found = verified(database, anchors=read_anchors(file.read_bytes(), name="a"))
    assert (found.broken, found.anchors) == (0, 3)


def test_a_file_that_holds_something_else_is_not_appended_to(
    database: Database, store: Callable[..., int], tmp_path: Path
) -> None:
    store(record("A", 1))
    seal(database)
    file = tmp_path / "notes.txt"
    file.write_text("dear diary\n")
    with pytest.raises(InvalidInput):
        anchor_seals(database, A, file, now=NOW)
    assert file.read_text() == "dear diary\n"
    with pytest.raises(InvalidInput):
        anchor_seals(database, A, tmp_path / "no" / "such" / "place", now=NOW)


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"[1]\n", b'{"format": "sentinai.anchor.v9"}\n', b"\xff\n"])
def test_what_is_no_anchor_is_refused(damage: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_anchors(damage, name="anchors.jsonl")
    assert "anchors.jsonl" in caught.value.what


def test_every_sealed_event_can_be_proven_without_the_database(database: Database, store: Callable[..., int]) -> None:
    store(*[record("A", number, comments=number) for number in range(1, 6)])
    seal(database)
    event_id = say(database, "after the first seal", "EX-000003")
    seal(database)
    with database.begin(A, read_only=True) as work:
        events = log_of(work)
    for event in events:
        proof = prove_event(database, A, str(event.event_id))
        assert proof == prove_event(database, AllTenants(), f"{event.exception_id}:{event.event_no}")
        again = read_proof(proof.model_dump_json().encode(), name="proof.json")
        assert check_proof(again).faults == ()
    assert prove_event(database, A, event_id).seals[0].seal_no == 2


def test_an_event_that_no_seal_covers_yet_is_not_proven(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("B", 1))
    with pytest.raises(CheckFailed) as caught:
        prove_event(database, A, "EX-000001:1")
    assert caught.value.code == "event_not_sealed"
    for name in (str(uuid4()), "EX-000001:9", "EX-000404:1"):
        with pytest.raises(NotFound):
            prove_event(database, A, name)
    with pytest.raises(InvalidInput) as ambiguous:
        prove_event(database, AllTenants(), "EX-000001:1")
    assert ambiguous.value.code == "event_ambiguous"
    with pytest.raises(InvalidInput):
        prove_event(database, A, "what")


def changed(proof: EventProof, **changes: Any) -> EventProof:
    return EventProof.model_validate({**proof.model_dump(), **changes})


def test_a_proof_that_was_changed_anywhere_does_not_hold(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2), record("A", 3))
    seal(database)
    say(database, "x", "EX-000002")
    seal(database, NOW + timedelta(hours=1))
    proof = prove_event(database, A, "EX-000002:1")
    assert proof.event is not None
    other = "ab" * 32
    forged = [
        changed(proof, event={**proof.event.model_dump(), "actor_id": "me"}),
        changed(proof, exception_id="EX-000001"),
        changed(proof, tenant_id="B"),
        changed(proof, event_no=2),
        changed(proof, leaf=other),
        changed(proof, previous=other),
        changed(proof, following=()),
        changed(proof, following=(other,)),
        changed(proof, life=2),
        changed(proof, index=0),
        changed(proof, path=proof.path[:-1]),
        changed(proof, path=(*proof.path, other)),
        changed(proof, seals=proof.seals[1:]),
        changed(proof, seals=(proof.seals[0], proof.seals[0])),
        changed(proof, seals=(proof.seals[0].model_copy(update={"sealed_by": "me"}),)),
    ]
    assert check_proof(proof).valid
    assert [bool(check_proof(each).faults) for each in forged] == [True] * len(forged)


def test_a_proof_is_held_against_anchors(database: Database, store: Callable[..., int], tmp_path: Path) -> None:
    store(record("A", 1))
    seal(database)
    say(database, "x")
    newest = seal(database, NOW + timedelta(hours=1)).seal
    assert newest is not None
    anchor_seals(database, A, tmp_path / "anchors", now=NOW + timedelta(hours=2))
    (anchor,) = read_anchors((tmp_path / "anchors").read_bytes(), name="anchors")
    data = prove_event(database, A, "EX-000001:1").model_dump_json().encode()
    checked = check_proof_file(data, name="p", anchors=(anchor,))
    assert (checked.valid, checked.seal_no, checked.anchored_at) == (True, 1, NOW + timedelta(hours=2))
    for lie in (
        anchor.model_copy(update={"hash": "ab" * 32}),
        anchor.model_copy(update={"tenant_id": "B"}),
        EventAnchor.model_validate({**anchor.model_dump(), "seal_no": 7}),
    ):
        assert not check_proof_file(data, name="p", anchors=(lie,)).valid


def test_proofs_seals_and_verification_survive_erasure_and_an_id_that_returns(
    url: DatabaseUrl, database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1), record("A", 2))
    seal(database)
    before = prove_event(database, A, "EX-000001:2")
    say(database, "sealed with the second", "EX-000002")
    erase(url)
    seal(database)
    proof = prove_event(database, A, "EX-000001:2")
    assert (proof.event, proof.leaf, proof.path) == (None, before.leaf, before.path)
    assert check_proof(proof).valid
    assert check_proof(changed(proof, event=before.event and before.event.model_dump())).valid
    found = verified(database)
    assert (found.breaks, found.erasures, found.seals) == ((), 1, 2)
    store(record("A", 1, comments=4))
    seal(database)
    erase(url, 2)
    store(record("A", 1, comments=2))
    seal(database)
    found = verified(database)
    assert (found.breaks, found.erasures) == ((), 2)
    assert prove_event(database, A, "EX-000001:2").life == 3
    assert check_proof(prove_event(database, A, "EX-000001:5")).valid
    tamper(url, "UPDATE erasure SET leaves = leaves || leaves, events = events * 2 WHERE erasure_no = 1")
    assert [each.kind for each in verified(database).breaks] == [BreakKind.ERASED]
    tamper(url, "DELETE FROM erasure WHERE erasure_no = 2")
    assert BreakKind.SEAL in [each.kind for each in verified(database).breaks]


def test_nobody_changes_a_seal(url: DatabaseUrl, database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    seal(database)
    for table in ("event_seal", "event_seal_entry"):
        for statement in (f"UPDATE {table} SET tenant_id = 'A'", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            for who in ("SELECT", OWNER):
                with (
                    connect(url) as connection,
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                    connection.transaction(),
                ):
                    connection.execute(who)
                    connection.execute(statement)
