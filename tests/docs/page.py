"""A page of the documentation as the blocks of code in it, with what the page says about running them.

A block `console` is a transcript: what stands behind `$ ` is run, and each line below it must be among what it says.

Said in comments that a reader does not see, right before a block:

- `<!-- not run: REASON -->`: the block is only shown;
- `<!-- exit 4: REASON -->`: its last command ends so;
- `<!-- file NAME -->`: the block is the content of that file from then on.

Anywhere: `<!-- run first` … `-->` runs commands that are not shown; `<!-- NAME is COMMAND -->` puts what the command
prints in place of that word from then on; `<!-- begins with the demo -->` is a page on whose embedded server the demo
has run.
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGES = sorted([TOP / "README.md", *(TOP / "docs").rglob("*.md"), *(TOP / "seeds").glob("*.md")])

_PIECE = re.compile(
    r"<!-- run first\n(?P<hidden>.*?)-->"
    r"|<!-- (?P<name>[A-Z0-9-]+) is (?P<command>[^\n]+?) -->"
    r"|(?:<!-- (?P<said>[^\n]*?) -->\n+)?^(?P<indent> *)```(?P<language>\w*)\n(?P<code>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_EXIT = re.compile(r"exit (\d+): \S")


@dataclass(frozen=True)
class Block:
    """`line` is where it begins in its page. A block without a language is one for the shell."""

    line: int
    language: str
    code: str
    said: str = ""

    @property
    def is_shown_only(self) -> bool:
        return self.said.startswith("not run:")

    @property
    def exit(self) -> int:
        found = _EXIT.match(self.said)
        return int(found.group(1)) if found else 0

    @property
    def file(self) -> str | None:
        return self.said.removeprefix("file ") if self.said.startswith("file ") else None


@dataclass(frozen=True)
class Page:
    path: Path
    blocks: tuple[Block, ...]
    with_demo: bool

    @property
    def name(self) -> str:
        return str(self.path.relative_to(TOP))


def read(path: Path) -> Page:
    """The page at `path`."""
    text = path.read_text(encoding="utf-8")
    blocks = []
    for found in _PIECE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if found["hidden"] is not None:
            blocks.append(Block(line, "sh", found["hidden"]))
        elif found["name"] is not None:
            held = f"export {_variable(found['name'])}=$({found['command']})\n"
            blocks.append(Block(line, "sh", held, f"names {found['name']}"))
        else:
            indent = found["indent"]
            code = "".join(part.removeprefix(indent) for part in found["code"].splitlines(keepends=True))
            blocks.append(Block(line, found["language"] or "sh", code, (found["said"] or "").strip()))
    return Page(path, tuple(blocks), "<!-- begins with the demo -->" in text)


def script(page: Page) -> str:
    """All that a page's shell is to run, in order, stopping at the first thing that does not go as it says."""
    lines = ["set -uo pipefail"]
    names: list[str] = []
    for block in page.blocks:
        if block.said.startswith("names "):
            names.append(block.said.removeprefix("names "))
            lines.append(block.code.rstrip())
            continue
        if block.is_shown_only:
            continue
        if block.file:
            lines += [f"mkdir -p \"$(dirname '{block.file}')\"", _here(f"cat > '{block.file}'", block.code)]
        elif block.language == "console":
            lines += ["set +e", *_transcript(block, page.name)]
        elif block.language in ("sh", "python"):
            text = block.code
            for name in names if block.language == "sh" else ():
                text = re.sub(rf"(?<![\w$-]){name}\b", f"${{{_variable(name)}}}", text)
            code = _here("python3 -P -", text) if block.language == "python" else text.rstrip("\n")
            lines += [f"said='{page.name} line {block.line}'", "set -e" if not block.exit else "set +e", code]
            lines.append(f'[ $? -eq {block.exit} ] || {{ echo "$said: not exit {block.exit}" >&2; exit 99; }}')
            lines.append('echo "done: $said" >&2')
    return "\n".join(lines) + "\n"


def _transcript(block: Block, page: str) -> list[str]:
    lines = []
    for line in block.code.splitlines():
        if line.startswith("$ "):
            lines.append(f"shown=$({line[2:]} 2>&1)")
        elif line:
            wanted = f'grep -qxF -- {shlex.quote(line)} <<< "$shown"'
            missing = f"{page} line {block.line}: not said: {line}"
            lines.append(f'{wanted} || {{ printf "%s\\n" {shlex.quote(missing)} "$shown" >&2; exit 98; }}')
    return lines


def _here(command: str, text: str) -> str:
    return f"{command} <<'END-OF-BLOCK'\n{text}END-OF-BLOCK"


def _variable(name: str) -> str:
    return f"HERE_{name.replace('-', '_')}"
