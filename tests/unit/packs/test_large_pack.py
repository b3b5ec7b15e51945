"""One mistake somewhere in thousands of lines is named with its own pointer and its own line, in JSON and in YAML."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import yaml

from sentinai_cli.packs.reader import InvalidPack, read_pack

COUNT = 80
MARK = "zzMark"
"""Stands on the line that is wanted, and, where something stands twice, before it too."""

Document = dict[str, Any]
Change = Callable[[Document], object]


def trading(count: int = COUNT) -> Document:
    """As trading desks write them: `condition`, a flat map of tools, steps as objects."""
    numbers = [f"{number:03}" for number in range(count)]
    return {
        "domainName": "Trading",
        "entities": {f"Entity{n}": {"attributes": {"id": {"type": "string"}}, "keys": ["id"]} for n in numbers},
        "exceptionTypes": {f"TYPE_{n}": {"description": f"Number {n}."} for n in numbers},
        "severityRules": [
            {"ruleId": f"R{n}", "condition": f"exceptionType == 'TYPE_{n}'", "severity": "HIGH"} for n in numbers
        ],
        "tools": {
            f"tool{n}": {
                "description": "Reads.",
                "endpoint": f"https://oms.example.com/{n}",
                "parameters": {"id": "string"},
                "timeoutSeconds": 5,
            }
            for n in numbers
        },
        "playbooks": [
            {
                "playbookId": f"PB{n}",
                "exceptionType": f"TYPE_{n}",
                "steps": [{"stepId": "1", "action": f"tool{n}", "parameters": {"id": "x"}}, {"action": "Ask them."}],
            }
            for n in numbers
        ],
        "guardrails": {"allowLists": [f"tool{n}" for n in numbers], "blockLists": []},
        "testSuites": [
            {
                "caseId": f"C{n}",
                "input": {"exceptionType": f"TYPE_{n}", "rawPayload": {}},
                "expectedOutput": {"severity": "HIGH", "playbookId": f"PB{n}"},
            }
            for n in numbers
        ],
    }


def care(count: int = COUNT) -> Document:
    """As care operations write them: `if`, grouped tools, `appliesTo`, steps as sentences."""
    numbers = [f"{number:03}" for number in range(count)]
    return {
        "domainName": "Care",
        "entities": {f"Entity{n}": {"keys": ["id"], "fields": {"id": "str"}} for n in numbers},
        "exceptionTypes": {f"TYPE_{n}": {"description": f"Number {n}.", "defaultSeverity": "MEDIUM"} for n in numbers},
        "severityRules": [
            {"ruleId": f"R{n}", "if": f"exceptionType == 'TYPE_{n}'", "severity": "HIGH"} for n in numbers
        ],
        "tools": {
            "dbQueries": [
                {"name": f"get{n}", "description": "Reads.", "argsSchema": {"id": "string"}} for n in numbers
            ],
            "apiActions": [{"name": f"ask{n}", "description": "Asks.", "argsSchema": {}} for n in numbers],
        },
        "playbooks": [
            {"playbookId": f"PB{n}", "appliesTo": [f"TYPE_{n}"], "steps": [f"get{n}", "Call the payer."]}
            for n in numbers
        ],
        "testSuites": [
            {
                "suiteId": "S",
                "cases": [
                    {"name": f"C{n}", "input": {"type": f"TYPE_{n}"}, "expected": {"severity": "HIGH"}} for n in numbers
                ],
            }
        ],
    }


class Mistake(NamedTuple):
    """What is done to the pack, and what must be said of it."""

    change: Change
    pointer: str
    problem: str


def put(*steps: str | int, value: object = MARK) -> Change:
    """Set what the steps lead to."""

    def change(document: Document) -> None:
        target: Any = document
        for step in steps[:-1]:
            target = target[step]
        target[steps[-1]] = value

    return change


def both(first: Change, second: Change) -> Change:
    """The one, then the other."""

    def change(document: Document) -> None:
        first(document)
        second(document)

    return change


COMPARED = f"exceptionType == '{MARK}'"
TRADING = {
    "unknown member": Mistake(put("exceptionTypes", "TYPE_061", MARK), f"/exceptionTypes/TYPE_061/{MARK}", "unknown"),
    "no number": Mistake(put("tools", "tool061", "timeoutSeconds"), "/tools/tool061/timeoutSeconds", "is a string"),
    "no severity": Mistake(put("severityRules", 61, "severity"), "/severityRules/61/severity", "is not one of"),
    "no name": Mistake(
        put("exceptionTypes", f"{MARK} /~", value={"description": "Odd."}),
        f"/exceptionTypes/{MARK} ~1~0",
        "cannot be used as a name",
    ),
    "no object": Mistake(put("playbooks", 61, "steps"), "/playbooks/61/steps", "is a string; expected an array"),
    "secret": Mistake(
        put("playbooks", 61, "steps", 0, "parameters", "apiKey"), "/playbooks/61/steps/0/parameters/apiKey", "secret"
    ),
    "password in a URL": Mistake(
        put("tools", "tool061", "endpoint", value=f"https://svc:{MARK}@x.example.com"), "/tools/tool061/endpoint", ""
    ),
    "no condition": Mistake(
        put("severityRules", 61, "condition", value=f"exceptionType == '{MARK}"),
        "/severityRules/61/condition",
        "not a condition",
    ),
    "condition of no type": Mistake(
        put("severityRules", 61, "condition", value=COMPARED), "/severityRules/61/condition", "no exception type"
    ),
    "rule twice": Mistake(
        both(put("severityRules", 20, "ruleId"), put("severityRules", 61, "ruleId")),
        "/severityRules/61/ruleId",
        "stands twice",
    ),
    "entity without its key": Mistake(
        put("entities", "Entity061", "keys", 0), "/entities/Entity061/keys/0", "no attribute"
    ),
    "type of no entity": Mistake(
        put("exceptionTypes", "TYPE_061", "entities", value=["Entity001", MARK]),
        "/exceptionTypes/TYPE_061/entities/1",
        "no entity",
    ),
    "playbook of no type": Mistake(
        put("playbooks", 61, "exceptionType"), "/playbooks/61/exceptionType", "no exception type"
    ),
    "step of no tool": Mistake(put("playbooks", 61, "steps", 0, "action"), "/playbooks/61/steps/0/action", "no tool"),
    "step twice": Mistake(
        both(put("playbooks", 61, "steps", 0, "stepId"), put("playbooks", 61, "steps", 1, "stepId")),
        "/playbooks/61/steps/1/stepId",
        "stands twice",
    ),
    "allowed and blocked": Mistake(
        both(put("guardrails", "blockLists", value=["a", MARK]), put("guardrails", "allowLists", 5)),
        "/guardrails/blockLists/1",
        "allow list",
    ),
    "case of no type": Mistake(
        put("testSuites", 61, "input", "exceptionType"), "/testSuites/61/input/exceptionType", "no exception type"
    ),
    "case of no playbook": Mistake(
        put("testSuites", 61, "expectedOutput", "playbookId"), "/testSuites/61/expectedOutput/playbookId", "no playbook"
    ),
}
CARE = {
    "unknown member": Mistake(put("tools", "dbQueries", 61, MARK), f"/tools/dbQueries/61/{MARK}", "unknown"),
    "no severity": Mistake(
        put("exceptionTypes", "TYPE_061", "defaultSeverity"),
        "/exceptionTypes/TYPE_061/defaultSeverity",
        "is not one of",
    ),
    "no list": Mistake(put("playbooks", 61, "steps"), "/playbooks/61/steps", "is a string; expected an array"),
    "secret": Mistake(
        put("tools", "apiActions", 61, "argsSchema", "apiKey"), "/tools/apiActions/61/argsSchema/apiKey", "secret"
    ),
    "no condition": Mistake(
        put("severityRules", 61, "if", value=f"exceptionType === '{MARK}'"), "/severityRules/61/if", "not a condition"
    ),
    "condition of no type": Mistake(
        put("severityRules", 61, "if", value=COMPARED), "/severityRules/61/if", "no exception type"
    ),
    "entity without its key": Mistake(
        put("entities", "Entity061", "keys", 0), "/entities/Entity061/keys/0", "no attribute"
    ),
    "playbook of no type": Mistake(
        put("playbooks", 61, "appliesTo", 0), "/playbooks/61/appliesTo/0", "no exception type"
    ),
    "playbook twice": Mistake(
        both(put("playbooks", 20, "playbookId"), put("playbooks", 61, "playbookId")),
        "/playbooks/61/playbookId",
        "stands twice",
    ),
    "step of no tool": Mistake(put("playbooks", 61, "steps", 0), "/playbooks/61/steps/0", "no tool"),
    "tool twice": Mistake(
        both(put("tools", "apiActions", 20, "name"), put("tools", "apiActions", 61, "name")),
        "/tools/apiActions/61/name",
        "is there already",
    ),
    "case of no type": Mistake(
        put("testSuites", 0, "cases", 61, "input", "type"), "/testSuites/0/cases/61/input/type", "no exception type"
    ),
}
MISTAKES = [
    pytest.param(make, mistake, id=f"{make.__name__}, {name}")
    for make, mistakes in ((trading, TRADING), (care, CARE))
    for name, mistake in mistakes.items()
]


def as_json(document: Document) -> str:
    """Indented, a value on each line."""
    return json.dumps(document, indent=2)


def as_yaml(document: Document) -> str:
    """In blocks, a value on each line."""
    return yaml.safe_dump(document, sort_keys=False, width=10_000)


WRITTEN = [pytest.param(as_json, "pack.json", id="json"), pytest.param(as_yaml, "pack.yaml", id="yaml")]


def refused(text: str, name: str) -> InvalidPack:
    with pytest.raises(InvalidPack) as caught:
        read_pack(text.encode(), name=name)
    return caught.value


@pytest.mark.parametrize(("write", "name"), WRITTEN)
@pytest.mark.parametrize("make", [trading, care])
def test_the_large_pack_is_valid_until_something_is_done_to_it(
    make: Callable[[], Document], write: Callable[[Document], str], name: str
) -> None:
    text = write(make())
    assert text.count("\n") > 1000
    read_pack(text.encode(), name=name)


@pytest.mark.parametrize(("write", "name"), WRITTEN)
@pytest.mark.parametrize(("make", "mistake"), MISTAKES)
def test_a_mistake_is_named_where_it_stands(
    make: Callable[[], Document], mistake: Mistake, write: Callable[[Document], str], name: str
) -> None:
    document = make()
    mistake.change(document)
    text = write(document)
    error = refused(text, name)
    marked = [number for number, line in enumerate(text.splitlines(), start=1) if MARK in line]
    assert [(found.pointer, found.line) for found in error.findings] == [(mistake.pointer, marked[-1])]
    assert mistake.problem in error.findings[0].sentence


@pytest.mark.parametrize(
    ("write", "name", "before"), [(as_json, "pack.json", 1), (as_yaml, "pack.yaml", 0)], ids=["json", "yaml"]
)
@pytest.mark.parametrize(("make", "member"), [(trading, "condition"), (care, "if")])
def test_what_is_missing_is_named_where_its_object_begins(
    make: Callable[[], Document], member: str, write: Callable[[Document], str], name: str, before: int
) -> None:
    document = make()
    document["severityRules"][61] = {"ruleId": MARK, "severity": "high"}
    text = write(document)
    (found,) = refused(text, name).findings
    (marked,) = [number for number, line in enumerate(text.splitlines(), start=1) if MARK in line]
    assert found.pointer.startswith("/severityRules/61")
    assert found.line == marked - before


@pytest.mark.parametrize(("write", "name"), WRITTEN)
@pytest.mark.parametrize("make", [trading, care])
def test_a_member_that_stands_twice_is_named_the_second_time(
    make: Callable[[], Document], write: Callable[[Document], str], name: str
) -> None:
    lines = write(make()).splitlines()
    at = next(
        number for number, line in enumerate(lines) if line.strip().startswith(('"ruleId": "R061"', "- ruleId: R061"))
    )
    again = lines[at].replace("- ruleId", "  ruleId")
    lines.insert(at + 1, again)
    (found,) = refused("\n".join(lines), name).findings
    assert (found.pointer, found.line) == ("/severityRules/61/ruleId", at + 2)


@pytest.mark.parametrize(("write", "name"), WRITTEN)
@pytest.mark.parametrize("make", [trading, care])
def test_where_the_file_is_no_document_any_more_is_told(
    make: Callable[[], Document], write: Callable[[Document], str], name: str
) -> None:
    lines = write(make()).splitlines()
    at = next(number for number, line in enumerate(lines) if "R061" in line)
    lines[at] += ' "'
    (found, *_) = refused("\n".join(lines), name).findings
    assert found.line in (at + 1, at + 2)


@pytest.mark.parametrize(("write", "name"), WRITTEN)
def test_every_mistake_that_hides_no_other_is_told_in_one_go(write: Callable[[Document], str], name: str) -> None:
    document = trading()
    done = [TRADING[key] for key in ("condition of no type", "playbook of no type", "case of no type", "secret")]
    for mistake in done:
        mistake.change(document)
    found = refused(write(document), name).findings
    assert {finding.pointer for finding in found} == {mistake.pointer for mistake in done}
    assert [finding.line for finding in found] == sorted(finding.line or 0 for finding in found)
