"""The shape, with check digits, of fields that hold a code."""

import re
from collections.abc import Callable

from sentinai_cli.seeding.identifier import is_cusip, is_isin, is_lei, is_ndc, is_npi

_CPT = re.compile(r"[0-9]{5}")
_ICD_10_CM = re.compile(r"[A-TV-Z][0-9][0-9AB](\.[0-9A-TV-Z]{1,4})?")
_MIC = re.compile(r"[A-Z][A-Z0-9]{3}")
_CURRENCIES = {"USD", "EUR", "GBP", "CHF"}


def _all(shape: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(one, str) and shape(one) for one in value)


def _one(shape: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and shape(value)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


CODES: dict[str, Callable[[object], bool]] = {
    "isin": _one(is_isin),
    "cusip": _one(is_cusip),
    "counterpartyLei": _one(is_lei),
    "reportingLei": _one(is_lei),
    "npi": _one(is_npi),
    "prescriberNpi": _one(is_npi),
    "ndc": _one(is_ndc),
    "venue": _one(_matches(_MIC)),
    "currency": _one(_CURRENCIES.__contains__),
    "procedureCodes": _all(_matches(_CPT)),
    "diagnosisCodes": _all(_matches(_ICD_10_CM)),
}
"""By field name, wherever it stands."""
