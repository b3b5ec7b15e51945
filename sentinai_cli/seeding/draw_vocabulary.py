"""Draw the vocabulary once: `python -m sentinai_cli.seeding.draw_vocabulary seeds/codes.json > seeds/vocabulary.json`.

Records sample the committed result and never call Faker, whose output may differ between its releases. Every name is
made up. Numbers that could belong to somebody are taken from ranges that are not handed out: CUSIP issuers 99xxxx
are for internal use, no NPI starts with 2 yet, no LEI starts with 9999, NDC labelers 99xxx are free.
"""

import json
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from faker import VERSION, Faker

from sentinai_cli.seeding.distribution import Quantiles
from sentinai_cli.seeding.identifier import cusip, isin, lei, npi
from sentinai_cli.seeding.randomness import Randomness, Stream

_SEED = 20_260_101
_ALPHANUMERIC = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRICES = Quantiles([(0, 180), (250, 2400), (500, 5600), (750, 14000), (950, 42000), (1000, 190000)])
_COUPONS = [f"{eighths * 125 // 1000}.{eighths * 125 % 1000:03d}" for eighths in range(4, 61)]


def draw(codes: dict[str, list[dict[str, object]]]) -> dict[str, object]:
    """The vocabulary for `codes` (seeds/codes.json), by the installed Faker."""
    return _Draw(codes).everything()


class _Draw:
    def __init__(self, codes: dict[str, list[dict[str, object]]]) -> None:
        self.codes = codes
        self.faker = Faker("en_US")
        self.faker.seed_instance(_SEED)
        self.randomness = Randomness(_SEED.to_bytes(32, "big"))

    def everything(self) -> dict[str, object]:
        facilities = [
            {
                "id": f"FAC-{number + 101}",
                "name": f"{self.faker.unique.city()} {self.suffix('facilitySuffixes', number)}",
            }
            for number in range(24)
        ]
        payers = self.names("payerSuffixes", 14)
        return {
            "faker": VERSION,
            "analysts": self.distinct(self.analyst, 32),
            "counterparties": [
                {"name": name, "lei": self.lei("counterparty", number)}
                for number, name in enumerate(self.names("counterpartySuffixes", 48))
            ],
            "custodians": self.names("custodianSuffixes", 8),
            "equities": self.securities("equity"),
            "bonds": self.securities("bond"),
            "payers": payers,
            "facilities": facilities,
            "providers": self.providers(facilities),
            "patients": self.patients(payers),
            "encounters": self.codes["encounters"],
            "therapies": self.therapies(),
        }

    def stream(self, name: str, number: int) -> Stream:
        return self.randomness.stream(name, number)

    def suffix(self, name: str, number: int) -> object:
        suffixes = self.codes[name]
        return suffixes[self.stream(name, number).below(len(suffixes))]

    def names(self, suffixes: str, count: int) -> list[str]:
        surnames = self.distinct(self.faker.last_name, count)
        return [f"{surname} {self.suffix(suffixes, number)}" for number, surname in enumerate(surnames)]

    def analyst(self) -> str:
        return f"{self.faker.first_name()}.{self.faker.last_name()}".lower()

    def distinct(self, name: Callable[[], str], count: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            found[name()] = None
        return list(found)

    def lei(self, name: str, number: int) -> str:
        stream = self.stream(f"lei.{name}", number)
        return lei("999900" + self.alphanumeric(stream, 12))

    def alphanumeric(self, stream: Stream, length: int) -> str:
        return "".join(_ALPHANUMERIC[stream.below(len(_ALPHANUMERIC))] for _ in range(length))

    def securities(self, kind: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for market in self.codes["markets"]:
            for _ in range(int(str(market["count"])) // (1 if kind == "equity" else 2)):
                found.append(self.security(kind, market, len(found)))
        return found

    def security(self, kind: str, market: dict[str, object], number: int) -> dict[str, object]:
        stream = self.stream(kind, number)
        country, cins = str(market["country"]), str(market["cins"])
        issuer = f"{cins}99{number:03d}" if cins else f"99{number:03d}{self.alphanumeric(stream, 1)}"
        issue = "10" if kind == "equity" else "A" + str(stream.between(2, 9))
        short = cusip(issuer + issue)
        national = short if country == "US" else self.alphanumeric(stream, 9)
        company = f"{self.faker.last_name()} {self.suffix('companySuffixes', number)}"
        security: dict[str, object] = {
            "isin": isin(country, national),
            "cusip": short,
            "issuer": company,
            "name": company,
            "mic": market["mic"],
            "currency": market["currency"],
            "settleDays": market["settleDays"],
            "depository": market["depository"],
        }
        if kind == "equity":
            cents = _PRICES.draw(stream)
            return security | {"price": f"{cents // 100}.{cents % 100:02d}"}
        coupon = _COUPONS[stream.below(len(_COUPONS))]
        maturity = date(2029, 1, 15) + timedelta(days=stream.below(9000))
        named = f"{company} {coupon} {maturity:%d-%b-%Y}".upper()
        return security | {"name": named, "coupon": coupon, "maturity": maturity.isoformat()}

    def providers(self, facilities: list[dict[str, str]]) -> list[dict[str, object]]:
        return [self.provider(number, facilities) for number in range(90)]

    def provider(self, number: int, facilities: list[dict[str, str]]) -> dict[str, object]:
        stream = self.stream("provider", number)
        facility = facilities[stream.below(len(facilities))]
        return {
            "id": f"PRV-{number + 1001}",
            "npi": npi(f"2{stream.below(10**5):05d}{number:03d}"),
            "name": f"Dr. {self.faker.first_name()} {self.faker.last_name()}",
            "specialty": self.suffix("specialties", number),
            "facilityId": facility["id"],
            "facilityName": facility["name"],
        }

    def patients(self, payers: list[str]) -> list[dict[str, object]]:
        return [self.patient(number, payers) for number in range(400)]

    def patient(self, number: int, payers: list[str]) -> dict[str, object]:
        stream = self.stream("patient", number)
        return {
            "id": f"PAT-{stream.between(10, 99)}{number:04d}",
            "dob": (date(1936, 1, 1) + timedelta(days=stream.below(31_000))).isoformat(),
            "gender": "MF"[stream.below(2)],
            "insuranceId": f"INS-{stream.between(10, 99)}{number:05d}",
            "coverageStart": f"{stream.between(2021, 2024)}-{stream.between(1, 12):02d}-01",
            "payer": payers[stream.below(len(payers))],
            "planType": self.suffix("planTypes", number),
        }

    def therapies(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for number, therapy in enumerate(self.codes["therapies"]):
            drugs = therapy["drugs"]
            assert isinstance(drugs, list)
            listed = []
            for index, (name, dose) in enumerate(drugs):
                stream = self.stream("drug", number * 100 + index)
                ndc = f"99{stream.below(1000):03d}-{number * 100 + index + 1000}-{stream.between(1, 90):02d}"
                listed.append({"ndc": ndc, "name": name, "dose": dose})
            found.append({"class": therapy["class"], "drugs": listed})
        return found


def main() -> None:
    """Write the vocabulary to stdout, an entry a line."""
    codes = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(written(draw(codes)))


def written(vocabulary: dict[str, object]) -> str:
    """The vocabulary as it is committed: an entry a line, so that a redraw gives a readable difference."""
    parts = []
    for name, value in vocabulary.items():
        if isinstance(value, list):
            entries = ",\n    ".join(json.dumps(entry) for entry in value)
            parts.append(f"  {json.dumps(name)}: [\n    {entries}\n  ]")
        else:
            parts.append(f"  {json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
