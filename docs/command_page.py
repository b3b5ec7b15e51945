"""docs/reference/commands.md: every command, from the same data as `sentinai capabilities`."""

import re
from inspect import cleandoc

from sentinai_cli.cli.app import TABLE
from sentinai_cli.cli.capability import WITHOUT_DATA, capabilities, commands
from sentinai_cli.models.capability import CommandCapability, Parameter

HEAD = """\
# Commands

Made from the code by `make docs`. `sentinai COMMAND --help` says the same with examples first, and
`sentinai capabilities -o json` as data. Every command takes the [shared options](#shared-options).

*Changes*: **reads** nothing but output; **local** files and the server on this machine; **writes** what the database
holds; **severe** beyond taking back, so that it asks for an exact name. `writes` and `severe` say their target first and
are entered in the [operator journal](#operations-list).
"""


def page() -> str:
    """Sections as on the root help page, then a part for each command."""
    told = capabilities()
    bodies = {name: cleandoc(command.help or "") for name, command, _ in commands()}
    lines = [HEAD]
    for section in dict.fromkeys(entry.section for entry in TABLE.values()):
        lines += [f"**{section}**", ""]
        for one in told.commands:
            if TABLE[one.name.partition(" ")[0]].section == section:
                lines.append(f"- [{one.name}](#{one.name.replace(' ', '-')}): {_escaped(one.summary)}")
        lines.append("")
    lines += ["## Shared options", "", *_table(told.shared), ""]
    for one in told.commands:
        lines += [*_part(one, bodies[one.name]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _part(one: CommandCapability, body: str) -> list[str]:
    arguments = [parameter.names[0] for parameter in one.parameters if parameter.kind == "argument"]
    usage = " ".join(["sentinai", one.name, "[OPTIONS]", *arguments])
    bare = f" Bare `sentinai {one.name.rpartition(' ')[0]}` is the same." if one.bare else ""
    data = f" Formats: {', '.join(one.formats)}." if one.formats else f" No data: {WITHOUT_DATA[one.name]}."
    paragraphs = [_escaped(paragraph.replace("\n", " ")) for paragraph in body.split("\n\n")]
    lines = [f"## {one.name}", "", "\n\n".join(paragraphs), "", f"`{usage}`", ""]
    lines += [f"Changes: **{one.mutation}**.{bare}{data}", ""]
    if one.parameters:
        lines += [*_table(one.parameters), ""]
    lines += ["Examples:", "", *(_example(line) for line in one.examples)]
    return lines


def _table(parameters: tuple[Parameter, ...]) -> list[str]:
    rows = ["| option | type | what |", "|---|---|---|"]
    for one in parameters:
        names = ", ".join(f"`{name}`" for name in one.names)
        notes = [
            "required" if one.required else "",
            "may be repeated" if one.repeatable else "",
            f"default `{one.default}`" if one.default is not None else "",
        ]
        kind = " \\| ".join(one.values) if one.values and one.type == "text" else one.type
        about = "; ".join([_escaped(one.help).removesuffix("."), *filter(None, notes)])
        rows.append(f"| {names} | {kind} | {about} |")
    return rows


def _example(line: str) -> str:
    command, _, comment = line.partition(" # ")
    return f"- `{command}`: {_escaped(comment)}"


def _escaped(text: str) -> str:
    """Words between bars or angle brackets are text here, but for those in backquotes."""
    pieces = re.split(r"(`[^`]*`)", text)
    plain = [re.sub(r"([|<>*\[\]])", r"\\\1", piece) if at % 2 == 0 else piece for at, piece in enumerate(pieces)]
    return "".join(plain).replace("\n", " ")
