"""Published examples: Apple, Alphabet and Oracle CUSIPs and ISINs as in the issuers' filings; the ISIN of the
Commonwealth of Australia example in ISO 6166 literature; the LEIs of Jaguar Land Rover and BAE Systems in the GLEIF
index; the NPI of the CMS check digit document; the Luhn example 79927398713."""

import pytest

from sentinai_cli.seeding.identifier import (
    cusip,
    is_cusip,
    is_isin,
    is_lei,
    is_ndc,
    is_npi,
    is_uti,
    isin,
    lei,
    luhn_digit,
    npi,
)

LEI = "213800WSGIIZCXF1P572"


@pytest.mark.parametrize("known", ["037833100", "38259P508", "68389X105", "594918104"])
def test_a_published_cusip_has_the_digit_that_we_compute(known: str) -> None:
    assert cusip(known[:-1]) == known
    assert is_cusip(known)


@pytest.mark.parametrize("known", ["US0378331005", "GB0002634946", "AU0000XVGZA3", "US5949181045"])
def test_a_published_isin_has_the_digit_that_we_compute(known: str) -> None:
    assert isin(known[:2], known[2:-1]) == known
    assert is_isin(known)


@pytest.mark.parametrize("known", [LEI, "5493000IBP32UQZ0KL24", "54930084UKLVMY22DS16"])
def test_a_published_lei_has_the_digits_that_we_compute(known: str) -> None:
    assert lei(known[:-2]) == known
    assert is_lei(known)


def test_the_published_npi_and_luhn_examples_hold() -> None:
    assert npi("123456789") == "1234567893"
    assert is_npi("1234567893")
    assert luhn_digit("7992739871") == "3"


@pytest.mark.parametrize(
    ("check", "known"), [(is_cusip, "38259P508"), (is_isin, "US0378331005"), (is_lei, LEI), (is_npi, "1234567893")]
)
def test_any_single_wrong_digit_is_noticed(check: object, known: str) -> None:
    assert callable(check)
    for place, right in enumerate(known):
        if right.isdigit():
            for wrong in set("0123456789") - {right}:
                assert not check(known[:place] + wrong + known[place + 1 :])


@pytest.mark.parametrize("text", ["", "03783310", "0378331000", "US037833100", "us0378331005"])
def test_the_wrong_shape_is_no_identifier(text: str) -> None:
    assert not any(check(text) for check in (is_cusip, is_isin, is_lei, is_npi, is_ndc, is_uti))


def test_a_uti_is_an_lei_and_a_tail_of_capitals_and_digits() -> None:
    assert is_uti(LEI + "ABC123")
    assert not is_uti(LEI)
    assert not is_uti(LEI + "/TRD-1")
    assert not is_uti(LEI + "A" * 33)
    assert not is_uti("X" + LEI[1:] + "ABC123")


def test_an_ndc_has_five_four_and_two_digits() -> None:
    assert is_ndc("99123-0456-78")
    assert not is_ndc("9912-0456-78")
