"""What is generated, as a whole: the same bytes for the same plan, whoever makes which part of it."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.canonical import check_json
from sentinai_cli.models.event_hash import GENESIS, chain_hash, event_leaf, record_digest
from sentinai_cli.models.exception import NewException, Severity
from sentinai_cli.models.prepared_exception import prepared, restored
from sentinai_cli.seeding.generate import generate, prepare
from tests.unit.seeding.sample import (
    AS_OF,
    DOMAINS,
    LISTED,
    ListedDecisions,
    digest_of,
    library,
    plan,
    plan_for,
    sample_pack,
)

GOLDEN = {
    "Finance": "635f4672cacf8f8b27b927272593bcece0e5bd4c8fdaeae57fa9df8bc55925a2",
    "Healthcare": "867a5dc17ea74531886d9e9d0a4649de19469a4b73ec1a612de3b264d0212bf2",
}
"""Digests of 200 records. A change here means that every run in every database gets a new identity: raise GENERATOR."""


def made(domain: str, count: int = 200, **changes: object) -> list[NewException]:
    return list(generate(plan(domain, count=count, **changes), ListedDecisions()))  # type: ignore[arg-type]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_bytes_of_a_plan_never_change(domain: str) -> None:
    assert digest_of(made(domain)) == GOLDEN[domain]


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_larger_count_extends_a_smaller_one(domain: str) -> None:
    assert made(domain, 100)[:50] == made(domain, 50)


@settings(max_examples=15)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6, unique=True).map(sorted))
def test_any_partition_gives_the_same_records(cuts: list[int]) -> None:
    whole = made("Finance", 40)
    bounds = [1, *(cut + 1 for cut in cuts), 41]
    ranges = list(pairwise(bounds))
    parts = {
        start: list(generate(plan(), ListedDecisions(), start, stop))
        for start, stop in reversed(ranges)
        if start < stop
    }
    assert [record for start in sorted(parts) for record in parts[start]] == whole


def test_the_order_of_a_packs_keys_does_not_matter() -> None:
    pack = sample_pack("Finance")
    document = pack.model_dump(mode="json", by_alias=True, exclude_unset=True)
    document["exceptionTypes"] = dict(reversed(document["exceptionTypes"].items()))
    shuffled = type(pack).model_validate_json(json.dumps(document))
    assert list(shuffled.exception_types) != list(pack.exception_types)
    assert list(generate(plan_for(shuffled), ListedDecisions())) == list(generate(plan_for(pack), ListedDecisions()))


@settings(max_examples=12)
@given(st.sampled_from(DOMAINS), st.sampled_from(["default", "load"]), st.integers(0, 2**40), st.integers(1, 10**6))
def test_what_is_put_together_from_finished_pieces_is_what_its_definition_says(
    domain: str, scenario: str, seed: int, number: int
) -> None:
    drawn = replace(plan(domain, seed=seed), timeline=library().scenario(scenario).timeline)
    for fast in prepare(drawn, ListedDecisions(), number, number + 12):
        assert prepared(restored(fast)) == fast
        honest = restored(fast)
        previous = GENESIS
        for event in honest.events:
            leaf = event_leaf(
                tenant_id=honest.tenant_id,
                exception_id=honest.exception_id,
                event_id=event.event_id,
                event_type=event.event_type,
                actor_type=event.actor_type,
                actor_id=event.actor_id,
                payload=event.payload,
                created_at=event.created_at,
            )
            previous = chain_hash(previous, event.event_no, leaf)
            assert (event.leaf, event.hash) == (leaf, previous)


@pytest.mark.parametrize("changed", [{"seed": 8}, {"tenant_id": "TENANT_2"}])
def test_another_seed_or_tenant_shares_no_id_and_no_payload(changed: dict[str, object]) -> None:
    ours = made("Finance")
    others = list(generate(plan(count=200, **changed), ListedDecisions()))  # type: ignore[arg-type]
    assert not {record.exception_id for record in ours} & {record.exception_id for record in others}
    assert not {event.event_id for record in ours for event in record.events} & {
        event.event_id for record in others for event in record.events
    }
    assert sum(one.raw_payload == other.raw_payload for one, other in zip(ours, others, strict=True)) == 0


def test_another_as_of_keeps_identities() -> None:
    later = made("Finance", as_of=AS_OF + timedelta(days=30))
    assert [record.exception_id for record in later] == [record.exception_id for record in made("Finance")]
    assert min(record.created_at for record in later) > AS_OF


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("domain", DOMAINS)
def test_fifty_records_show_every_type_and_at_least_three_statuses(domain: str, seed: int) -> None:
    records = made(domain, 50, seed=seed)
    assert {record.type for record in records} == set(sample_pack(domain).exception_types)
    assert len({record.status for record in records}) >= 3


@pytest.mark.parametrize("domain", DOMAINS)
def test_ids_are_unique_and_have_the_runs_prefix(domain: str) -> None:
    drawn = plan(domain, count=200)
    records = list(generate(drawn, ListedDecisions()))
    assert [record.exception_id for record in records] == [drawn.exception_id(number) for number in range(1, 201)]
    prefix = {"Finance": "FIN", "Healthcare": "HC"}[domain]
    assert records[0].exception_id == f"{prefix}-{drawn.identity[:8].upper()}-000001"
    events = [event.event_id for record in records for event in record.events]
    assert len(set(events)) == len(events)
    assert {event.version for event in events} == {7}


@pytest.mark.parametrize("domain", DOMAINS)
def test_documents_are_small_plain_json_that_name_their_domain(domain: str) -> None:
    for record in made(domain):
        for document in (record.raw_payload, record.normalized_context):
            check_json(document)
            assert document["domain"] == domain == record.domain
        assert len(json.dumps(record.raw_payload)) < 1500


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_columns_say_what_the_payload_says(domain: str) -> None:
    for record in made(domain):
        assert record.entity in record.raw_payload.values()
        assert (record.amount is None) == (record.currency is None)
        if record.amount is not None:
            assert record.amount > 0
            assert record.amount.as_tuple().exponent == -2
        if "currency" in record.raw_payload and record.currency is not None:
            assert record.currency == record.raw_payload["currency"]
        if "amount" in record.raw_payload:
            assert str(record.amount) == record.raw_payload["amount"]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_record_digest_covers_the_record(domain: str) -> None:
    for record in made(domain, 30):
        assert record.source_digest == record_digest(
            tenant_id=record.tenant_id,
            exception_id=record.exception_id,
            domain=record.domain,
            type=record.type,
            source_system=record.source_system,
            entity=record.entity,
            amount=record.amount,
            currency=record.currency,
            raw_payload=record.raw_payload,
            normalized_context=record.normalized_context,
            created_at=record.created_at,
        )
        assert record.events[0].payload["record_digest"] == record.source_digest.hex()


@pytest.mark.parametrize("domain", DOMAINS)
def test_severities_are_those_that_were_decided(domain: str) -> None:
    raised = 0
    for record in made(domain):
        payload = record.raw_payload
        if payload.get("impact") == "ECONOMIC" or payload.get("affectsBilling") is True:
            assert record.severity is Severity.MEDIUM
            raised += 1
        else:
            assert record.severity is LISTED[record.type]
    assert raised


@pytest.mark.parametrize("domain", DOMAINS)
def test_sources_types_and_parties_are_skewed_and_amounts_have_a_tail(domain: str) -> None:
    records = made(domain, 1500)
    types = Counter(record.type for record in records).most_common()
    assert types[0][1] > 1.8 * types[-1][1]
    sources = Counter(record.source_system for record in records).most_common()
    assert sources[0][1] > 3 * sources[-1][1]
    party = "counterparty" if domain == "Finance" else "payer"
    parties = Counter(record.raw_payload[party] for record in records if party in record.raw_payload).most_common()
    assert parties[0][1] > 3 * parties[-1][1]
    amounts = sorted(record.amount for record in records if record.amount is not None)
    assert sum(amounts) / len(amounts) > 2 * amounts[len(amounts) // 2]
