import json

import pytest
from faker import VERSION

from sentinai_cli.seeding.draw_vocabulary import draw, written
from sentinai_cli.seeding.identifier import is_cusip, is_isin, is_lei, is_ndc, is_npi
from tests.unit.seeding.sample import TOP

COMMITTED = (TOP / "seeds" / "vocabulary.json").read_text(encoding="utf-8")
VOCABULARY = json.loads(COMMITTED)


@pytest.mark.skipif(VOCABULARY["faker"] != VERSION, reason="drawn with another Faker, whose names may differ")
def test_the_committed_vocabulary_is_what_its_script_draws() -> None:
    codes = json.loads((TOP / "seeds" / "codes.json").read_text(encoding="utf-8"))
    assert written(draw(codes)) == COMMITTED


def test_every_identifier_in_the_vocabulary_has_its_check_digits() -> None:
    securities = VOCABULARY["equities"] + VOCABULARY["bonds"]
    assert all(is_isin(security["isin"]) and is_cusip(security["cusip"]) for security in securities)
    assert all(is_lei(party["lei"]) for party in VOCABULARY["counterparties"])
    assert all(is_npi(provider["npi"]) for provider in VOCABULARY["providers"])
    assert all(is_ndc(drug["ndc"]) for therapy in VOCABULARY["therapies"] for drug in therapy["drugs"])


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("equities", "isin"),
        ("equities", "cusip"),
        ("bonds", "isin"),
        ("bonds", "cusip"),
        ("counterparties", "name"),
        ("counterparties", "lei"),
        ("providers", "npi"),
        ("providers", "id"),
        ("patients", "id"),
        ("patients", "insuranceId"),
        ("facilities", "id"),
        ("encounters", "procedure"),
    ],
)
def test_what_identifies_an_entry_is_unique(section: str, key: str) -> None:
    values = [entry[key] for entry in VOCABULARY[section]]
    assert len(set(values)) == len(values)


def test_no_number_can_belong_to_somebody() -> None:
    assert all(provider["npi"].startswith("2") for provider in VOCABULARY["providers"])
    assert all(party["lei"].startswith("9999") for party in VOCABULARY["counterparties"])
    assert all(drug["ndc"].startswith("99") for therapy in VOCABULARY["therapies"] for drug in therapy["drugs"])
    american = [one["cusip"] for one in VOCABULARY["equities"] + VOCABULARY["bonds"] if one["isin"].startswith("US")]
    assert all(cusip.startswith("99") for cusip in american)
