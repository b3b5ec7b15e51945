"""A domain, or a type, that nobody wrote a recipe for."""

import json
from datetime import date, datetime
from decimal import Decimal

from sentinai_cli.models.canonical import check_json
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import NewException
from sentinai_cli.seeding.generate import generate
from tests.unit.seeding.sample import AS_OF, ListedDecisions, digest_of, library, plan_for, sample_pack

ENTITY = {
    "keys": ["shipmentId"],
    "attributes": {
        "shipmentId": {"type": "string", "required": True},
        "carrier": {"type": "string", "values": ["ROAD", "RAIL", "SEA"]},
        "pieces": {"type": "integer"},
        "weight": {"type": "number"},
        "declaredAmount": {"type": "decimal"},
        "currency": {"type": "string"},
        "fragile": {"type": "boolean"},
        "pickupDate": {"type": "date"},
        "scannedAt": {"type": "datetime"},
        "labels": {"type": "array", "items": "string", "values": ["COLD", "HEAVY"]},
        "stops": {"type": "array", "items": "date"},
        "origin": {"type": "object"},
        "note.text": {"type": "any"},
        "created": {"type": "string"},
    },
}


def logistics(**entity: object) -> DomainPack:
    pack = {
        "domainName": "Logistics",
        "entities": {"Shipment": ENTITY | entity},
        "exceptionTypes": {
            "LATE_DELIVERY": {"description": "too late", "entities": ["Shipment"]},
            "LOST_PARCEL": {"description": "gone"},
        },
    }
    return DomainPack.model_validate_json(json.dumps(pack))


def records(pack: DomainPack, count: int = 60) -> list[NewException]:
    return list(generate(plan_for(pack, count=count), ListedDecisions()))


def test_a_domain_without_a_recipe_is_seeded_from_its_attributes() -> None:
    made = records(logistics())
    assert {record.type for record in made} == {"LATE_DELIVERY", "LOST_PARCEL"}
    assert made[0].exception_id.startswith("LOG-")
    for record in made:
        payload = record.raw_payload
        check_json(payload)
        assert set(payload) == {*ENTITY["attributes"], "domain"}
        assert payload["domain"] == "Logistics"
        assert payload["carrier"] in {"ROAD", "RAIL", "SEA"}
        assert isinstance(payload["pieces"], int)
        assert isinstance(payload["fragile"], bool)
        assert date.fromisoformat(str(payload["pickupDate"])) <= record.created_at.date()
        assert datetime.fromisoformat(str(payload["scannedAt"])) < AS_OF
        assert payload["labels"] in (["COLD"], ["HEAVY"])
        assert payload["origin"] == {}
        assert record.entity == payload["shipmentId"]
        assert record.amount == Decimal(str(payload["declaredAmount"]))
        assert record.currency == payload["currency"]


def test_a_domain_that_declares_no_entities_still_has_exceptions() -> None:
    pack = DomainPack.model_validate_json('{"domainName": "Void", "exceptionTypes": {"ODD": {"description": "odd"}}}')
    for record in records(pack, 10):
        assert record.raw_payload == {"reference": record.entity, "domain": "Void"}
        assert (record.amount, record.currency) == (None, None)


def test_a_key_whose_name_has_a_dot_names_the_entity() -> None:
    for record in records(logistics(keys=["note.text"]), 10):
        assert record.entity == record.raw_payload["note.text"]


def test_a_type_that_a_recipe_does_not_know_is_seeded_beside_those_that_it_does() -> None:
    document = sample_pack("Finance").model_dump(mode="json", by_alias=True, exclude_unset=True)
    document["exceptionTypes"] = {
        "CASH_BREAK": document["exceptionTypes"]["CASH_BREAK"],
        "NEW_BREAK": {"description": "new", "entities": ["CashMovement"]},
    }
    pack = DomainPack.model_validate_json(json.dumps(document))
    recipe = library().recipe(pack)
    assert list(recipe.types) == ["CASH_BREAK", "NEW_BREAK"]
    assert recipe.types["CASH_BREAK"] == library().recipes["Finance"].types["CASH_BREAK"]
    made = records(pack)
    assert {record.type for record in made} == {"CASH_BREAK", "NEW_BREAK"}
    assert {record.exception_id[:4] for record in made} == {"FIN-"}


def test_a_stored_pack_seeds_the_same_as_its_file() -> None:
    document = logistics().model_dump(mode="json", by_alias=True, exclude_unset=True)
    attributes = document["entities"]["Shipment"]["attributes"]
    document["entities"]["Shipment"]["attributes"] = dict(sorted(attributes.items(), key=lambda item: len(item[0])))
    stored = DomainPack.model_validate_json(json.dumps(document))
    assert digest_of(records(stored)) == digest_of(records(logistics()))
