"""The spellings of packs that are in circulation, brought into the canonical one.

Only shapes and names move; no value is judged here, and a key that is not known stays where it is, so that validation
refuses it under its own name. `Normalised.origin` turns a pointer back into the one that the author wrote.
"""

import re
from typing import Any

from sentinai_cli.packs.normalised import Normalised
from sentinai_cli.packs.pointer import pointer

_TOOL_GROUPS = ("dbQueries", "apiActions", "workflowActions")
_NO_NAME = re.compile(r"[^A-Za-z0-9_.-]")
_LONGEST_ID = 120
_TYPE_WORDS = {
    "str": "string",
    "text": "string",
    "uuid": "string",
    "int": "integer",
    "float": "number",
    "double": "number",
    "bool": "boolean",
    "timestamp": "datetime",
    "money": "decimal",
    "list": "array",
    "map": "object",
    "dict": "object",
}


def normalise_domain(document: dict[str, Any]) -> Normalised:
    """A domain pack in either dialect, or in a mixture, as one canonical document. `document` is not changed."""
    result = Normalised(dict(document))
    whole = result.document
    for name, entity in _each(whole, "entities"):
        _entity(result, entity, pointer("entities", name))
    for name, kind in _each(whole, "exceptionTypes"):
        _rules(result, kind, pointer("exceptionTypes", name))
    _rules(result, whole, "")
    _tools(result)
    playbooks(result, "playbooks", "PB")
    _suites(result)
    return result


def _entity(result: Normalised, entity: dict[str, Any], place: str) -> None:
    result.rename(entity, place, "fields", "attributes")
    place = f"{place}/attributes"
    attributes = entity.get("attributes")
    if isinstance(attributes, list) and all(isinstance(name, str) for name in attributes):
        written = result.origin(place)
        for index, name in enumerate(attributes):
            if name in attributes[:index]:
                result.refuse(f"{place}/{index}", f"the attribute {name!r} is there already")
            result.move(f"{place}{pointer(name)}", f"{written}/{index}")
        entity["attributes"] = {name: {"type": "any"} for name in attributes}
    elif isinstance(attributes, dict):
        entity["attributes"] = {name: _attribute(result, place, name, value) for name, value in attributes.items()}


def _attribute(result: Normalised, place: str, name: str, value: object) -> object:
    if isinstance(value, str):
        here = f"{place}{pointer(name)}"
        result.move(f"{here}/type", result.origin(here))
        value = {"type": value}
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        word = value["type"].lower()
        value = {**value, "type": _TYPE_WORDS.get(word, word)}
    return value


def _rules(result: Normalised, holder: dict[str, Any], place: str) -> None:
    for index, rule in _each(holder, "severityRules"):
        result.rename(rule, f"{place}/severityRules/{index}", "if", "condition")


def _tools(result: Normalised) -> None:
    grouped = result.document.get("tools")
    if not isinstance(grouped, dict) or not any(isinstance(grouped.get(group), list) for group in _TOOL_GROUPS):
        return
    flat: dict[str, Any] = {name: tool for name, tool in grouped.items() if name not in _TOOL_GROUPS}
    for group in _TOOL_GROUPS:
        tools = grouped.get(group, [])
        if not isinstance(tools, list):
            result.refuse(pointer("tools", group), "is no list of tools like its neighbour", "an array")
            continue
        for index, tool in enumerate(tools):
            written = pointer("tools", group, index)
            name = tool.get("name") if isinstance(tool, dict) else None
            if not isinstance(name, str):
                result.refuse(written, "is no tool with a name", "an object with name, argsSchema and returns")
            elif name in flat:
                result.refuse(f"{written}/name", f"the tool {name!r} is there already", "a name that stands once")
            else:
                flat[name] = _grouped_tool(result, tool, group, pointer("tools", name), written)
    result.document["tools"] = flat


def _grouped_tool(result: Normalised, tool: dict[str, Any], group: str, place: str, written: str) -> dict[str, Any]:
    result.move(place, written)
    members = {key: value for key, value in tool.items() if key != "name"}
    members.setdefault("group", group)
    if group == "workflowActions":
        members.setdefault("type", "workflow")
    result.rename(members, place, "argsSchema", "parameters")
    return members


def playbooks(result: Normalised, key: str, prefix: str) -> None:
    """Playbooks of both dialects. One without an id gets `<prefix>_<its first type>`, numbered where that is taken."""
    items = list(_each(result.document, key))
    taken = {item["playbookId"] for _, item in items if isinstance(item.get("playbookId"), str)}
    for index, playbook in items:
        place = pointer(key, index)
        result.rename(playbook, place, "appliesTo", "exceptionTypes")
        result.rename(playbook, place, "exceptionType", "exceptionTypes")
        for member in ("exceptionTypes", "successCriteria"):
            if isinstance(playbook.get(member), str):
                result.move(f"{place}/{member}/0", result.origin(f"{place}/{member}"))
                playbook[member] = [playbook[member]]
        if isinstance(playbook.get("steps"), list):
            playbook["steps"] = [
                _step(result, f"{place}/steps/{number}", step) for number, step in enumerate(playbook["steps"])
            ]
        types = playbook.get("exceptionTypes")
        if "playbookId" not in playbook and isinstance(types, list) and types and isinstance(types[0], str):
            playbook["playbookId"] = _free(f"{prefix}_{types[0]}", taken)
            taken.add(playbook["playbookId"])


def _step(result: Normalised, place: str, step: object) -> object:
    if not isinstance(step, str):
        return step
    result.move(f"{place}/action", result.origin(place))
    return {"action": step}


def _free(name: str, taken: set[str]) -> str:
    """The name, made of what a name may hold, with a number behind it where it is taken."""
    number = 1
    candidate = name = _NO_NAME.sub("_", name)[:_LONGEST_ID]
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def _suites(result: Normalised) -> None:
    suites = result.document.get("testSuites")
    if isinstance(suites, dict):
        result.document["testSuites"] = [suites]
        result.move("/testSuites/0", "/testSuites")
    elif isinstance(suites, list) and suites and all(isinstance(item, dict) and "input" in item for item in suites):
        result.document["testSuites"] = [{"suiteId": "default", "cases": suites}]
        for index in range(len(suites)):
            result.move(f"/testSuites/0/cases/{index}", f"/testSuites/{index}")
    for number, suite in _each(result.document, "testSuites"):
        for index, case in _each(suite, "cases"):
            _case(result, case, f"/testSuites/{number}/cases/{index}")


def _case(result: Normalised, case: dict[str, Any], place: str) -> None:
    result.rename(case, place, "name", "caseId")
    result.rename(case, place, "id", "caseId")
    result.rename(case, place, "expected", "expectedOutput")
    for member in ("input", "expectedOutput"):
        if isinstance(case.get(member), dict):
            case[member] = dict(case[member])
    given, expected = case.get("input"), case.get("expectedOutput")
    if not isinstance(given, dict) or not isinstance(expected, dict):
        return
    result.rename(given, f"{place}/input", "type", "exceptionType")
    result.rename(given, f"{place}/input", "normalizedContext", "context")
    if "exceptionType" in expected:
        kind = expected.pop("exceptionType")
        if given.setdefault("exceptionType", kind) != kind:
            result.refuse(f"{place}/expectedOutput/exceptionType", "differs from the type of the input")


def _each(holder: dict[str, Any], key: str) -> list[tuple[Any, dict[str, Any]]]:
    """The objects of a list or map, each replaced by a copy that may be changed."""
    items = holder.get(key)
    if isinstance(items, dict):
        holder[key] = items = {name: dict(item) if isinstance(item, dict) else item for name, item in items.items()}
        return [(name, item) for name, item in items.items() if isinstance(item, dict)]
    if isinstance(items, list):
        holder[key] = items = [dict(item) if isinstance(item, dict) else item for item in items]
        return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]
    return []


def normalise_policy(document: dict[str, Any]) -> Normalised:
    """A policy pack in either dialect as one canonical document. `document` is not changed."""
    result = Normalised(dict(document))
    whole = result.document
    result.rename(whole, "", "toolsAllowList", "approvedTools")
    workflow = whole.get("workflowPolicies")
    if isinstance(workflow, dict) and isinstance(workflow.get("severityOverrides"), dict):
        overrides = workflow["severityOverrides"]
        whole["workflowPolicies"] = {key: value for key, value in workflow.items() if key != "severityOverrides"}
        _severity_overrides(result, overrides)
    tenant = whole.get("tenantId")
    playbooks(result, "customPlaybooks", f"PB_{tenant}" if isinstance(tenant, str) else "PB")
    return result


def _severity_overrides(result: Normalised, overrides: dict[str, Any]) -> None:
    listed = result.document.get("customSeverityOverrides", [])
    if not isinstance(listed, list):
        return
    listed = list(listed)
    for kind in sorted(overrides):
        place = pointer("customSeverityOverrides", len(listed))
        written = pointer("workflowPolicies", "severityOverrides", kind)
        result.move(place, written)
        result.move(f"{place}/exceptionType", written)
        result.move(f"{place}/severity", written)
        listed.append({"exceptionType": kind, "severity": overrides[kind]})
    result.document["customSeverityOverrides"] = listed
