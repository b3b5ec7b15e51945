"""Identifiers with their check digits: ISIN, CUSIP, LEI, NPI, UTI and the shape of NDC.

Sources: ISO 6166 (ISIN), ANSI X9.6 (CUSIP), ISO 17442 with ISO 7064 MOD 97-10 (LEI), CMS NPI check digit rule
(45 CFR 162.406), ISO 23897 (UTI), FDA NDC 5-4-2.
"""

import re

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CUSIP_VALUES = {character: value for value, character in enumerate(_ALPHABET + "*@#")}
_NPI_ISSUER = "80840"
_NDC = re.compile(r"[0-9]{5}-[0-9]{4}-[0-9]{2}")
_UTI_TAIL = re.compile(r"[0-9A-Z]{1,32}")


def luhn_digit(digits: str) -> str:
    """The digit that makes `digits` followed by it pass the Luhn test (ISO/IEC 7812-1)."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character)
        if place % 2 == 0:
            value *= 2
        total += value // 10 + value % 10
    return str(-total % 10)


def isin(country: str, national: str) -> str:
    """Twelve characters: country of two letters, nine of the national number, a Luhn digit over expanded letters."""
    body = country + national
    return body + luhn_digit(_expanded(body))


def cusip(base: str) -> str:
    """Nine characters: eight of `base` (digits, capitals, * @ #) and the modulus 10 double-add-double digit."""
    total = 0
    for place, character in enumerate(base):
        value = _CUSIP_VALUES[character] * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    return base + str(-total % 10)


def lei(base: str) -> str:
    """Twenty characters: eighteen of `base` and the two MOD 97-10 digits."""
    return f"{base}{98 - int(_expanded(base + '00')) % 97:02d}"


def npi(base: str) -> str:
    """Ten digits: nine of `base` and a Luhn digit over 80840 and them."""
    return base + luhn_digit(_NPI_ISSUER + base)


def is_isin(text: str) -> bool:
    """Whether `text` is an ISIN whose check digit is right."""
    return re.fullmatch(r"[A-Z]{2}[0-9A-Z]{9}[0-9]", text) is not None and isin(text[:2], text[2:-1]) == text


def is_cusip(text: str) -> bool:
    """Whether `text` is a CUSIP whose check digit is right."""
    return re.fullmatch(r"[0-9A-Z*@#]{8}[0-9]", text) is not None and cusip(text[:-1]) == text


def is_lei(text: str) -> bool:
    """Whether `text` is an LEI whose check digits are right."""
    return re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", text) is not None and int(_expanded(text)) % 97 == 1


def is_npi(text: str) -> bool:
    """Whether `text` is an NPI, which starts with 1 or 2, whose check digit is right."""
    return re.fullmatch(r"[12][0-9]{9}", text) is not None and npi(text[:-1]) == text


def is_ndc(text: str) -> bool:
    """Whether `text` has the shape of an NDC of the 5-4-2 layout; the code has no check digit."""
    return _NDC.fullmatch(text) is not None


def is_uti(text: str) -> bool:
    """Whether `text` is the LEI of the one who made it, followed by 1 to 32 capitals and digits."""
    return is_lei(text[:20]) and _UTI_TAIL.fullmatch(text[20:]) is not None


def _expanded(text: str) -> str:
    return "".join(str(_ALPHABET.index(character)) for character in text)
