"""Packs from bytes: strict, every problem at once, each with its place in the file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.packs.check import check_domain_pack
from sentinai_cli.packs.dialects import normalise_domain, normalise_policy
from sentinai_cli.packs.finding import MAX_FINDINGS
from sentinai_cli.packs.normalised import Normalised
from sentinai_cli.packs.schema import complaints, findings_of, keys_at
from sentinai_cli.packs.secret import secret_findings
from sentinai_cli.packs.source import NotADocument, Source, read_source

_SHOWN = 20
_POLICY_KEYS = {"toolsAllowList", *keys_at(PolicyPack, ())} - set(keys_at(DomainPack, ()))


class InvalidPack(InvalidInput):
    """A file that is no pack. `findings` holds what is wrong, in document order, at most a few thousand."""

    def __init__(self, name: str, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        number = len(self.findings)
        shown = [finding.sentence for finding in self.findings[:_SHOWN]]
        if number > _SHOWN:
            shown.append(f"and {number - _SHOWN} more")
        problems = "1 problem" if number == 1 else f"{number} problems{' or more' if number >= MAX_FINDINGS else ''}"
        super().__init__("invalid_pack", f"{name} is not a valid pack: {problems}", why="\n".join(shown))


@dataclass(frozen=True, slots=True)
class PackFile:
    """A pack together with the file it was read from, so that later findings can name places in that file."""

    name: str
    pack: DomainPack | PolicyPack
    source: Source
    normalised: Normalised

    def locate(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings of packs.check with the author's own pointers, and lines."""
        return _located(findings, self.source, self.normalised)

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Raise InvalidPack if there are any findings; for check_policy_pack, which needs a domain pack too."""
        located = self.locate(findings)
        if located:
            raise InvalidPack(self.name, located)


def read_pack(data: bytes, *, name: str) -> DomainPack | PolicyPack:
    """A pack from a file's bytes, YAML where `name` says so, else JSON. Raises InvalidPack with all findings.

    A document with `tenantId`, or with members that only policy packs have, is a policy pack. A domain pack's cross
    references and conditions have been checked; a policy pack's need the domain pack: check.check_policy_pack.
    """
    return read_pack_file(data, name=name).pack


def read_pack_file(data: bytes, *, name: str) -> PackFile:
    """Like read_pack, with what is needed to locate later findings."""
    try:
        source = read_source(data, name=name)
    except NotADocument as error:
        raise InvalidPack(name, error.findings) from None
    document = source.document
    if not isinstance(document, dict):
        raise InvalidPack(name, [Finding(pointer="", line=1, problem="is no object", expected="an object")])
    model = _model_for(document)
    normalised = normalise_policy(document) if model is PolicyPack else normalise_domain(document)
    exposed = secret_findings(document)
    pack, problems = _validated(model, normalised.document)
    if isinstance(pack, DomainPack):
        problems = (*problems, *check_domain_pack(pack))
    located = (
        *_lined(normalised.findings, source),
        *_lined(exposed, source),
        *_located(problems, source, normalised),
    )
    if located or pack is None:
        raise InvalidPack(name, sorted(located, key=lambda finding: finding.line or 0))
    return PackFile(name=name, pack=pack, source=source, normalised=normalised)


def _model_for(document: dict[str, Any]) -> type[DomainPack | PolicyPack]:
    is_policy = "tenantId" in document or ("exceptionTypes" not in document and not _POLICY_KEYS.isdisjoint(document))
    return PolicyPack if is_policy else DomainPack


def _validated(
    model: type[DomainPack | PolicyPack], document: dict[str, Any]
) -> tuple[DomainPack | PolicyPack | None, tuple[Finding, ...]]:
    """The pack, if there is one, and what is wrong. Unknown keys alone do not hide what else is wrong."""
    try:
        return model.model_validate_json(json.dumps(document), by_alias=True, by_name=False), ()
    except ValidationError as error:
        details = complaints(error)
    findings = findings_of(details, model)
    if len(details) <= MAX_FINDINGS and all(detail["type"] == "extra_forbidden" for detail in details):
        pack, further = _validated(model, _without(document, [detail["loc"] for detail in details]))
        return pack, (*findings, *further)
    return None, findings


def _without(document: Any, unknown: list[tuple[int | str, ...]]) -> Any:
    """A copy of the document without these members."""
    here = {place[0] for place in unknown if len(place) == 1}
    below = {step: [place[1:] for place in unknown if len(place) > 1 and place[0] == step] for step in _heads(unknown)}
    if isinstance(document, dict):
        return {key: _without(value, below.get(key, [])) for key, value in document.items() if key not in here}
    if isinstance(document, list):
        return [_without(value, below.get(index, [])) for index, value in enumerate(document)]
    return document


def _heads(places: list[tuple[int | str, ...]]) -> set[int | str]:
    return {place[0] for place in places if len(place) > 1}


def _located(findings: Iterable[Finding], source: Source, normalised: Normalised) -> tuple[Finding, ...]:
    written = [finding.model_copy(update={"pointer": normalised.origin(finding.pointer)}) for finding in findings]
    return _lined(written, source)


def _lined(findings: Iterable[Finding], source: Source) -> tuple[Finding, ...]:
    listed = tuple(findings)
    if not listed:
        return ()
    at = source.lines([finding.pointer for finding in listed])
    return tuple(finding.model_copy(update={"line": at[finding.pointer]}) for finding in listed)
