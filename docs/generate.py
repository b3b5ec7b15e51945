"""Write the pages that are generated from the code, or with --check say which are stale (exit 1)."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # so that the pages beside this file are found, however it is run

from docs import command_page, configuration_page, data_model_page, health_page  # noqa: E402
from sentinai_cli.cli import error_code, exit_codes  # noqa: E402
from sentinai_cli.render.schema import result_schemas  # noqa: E402

PAGES: dict[str, Callable[[], str]] = {
    "configuration.md": configuration_page.page,
    "health.md": health_page.page,
    "troubleshooting.md": error_code.page,
    "reference/commands.md": command_page.page,
    "reference/data-model.md": data_model_page.page,
    "reference/exit-codes.md": exit_codes.page,
    "../.env.example": configuration_page.example,
}
SCHEMAS = HERE / "reference" / "schemas"


def contents() -> dict[Path, str]:
    """Every generated file with what it should hold."""
    pages = {HERE / name: page() for name, page in PAGES.items()}
    schemas = result_schemas().schemas
    return pages | {SCHEMAS / f"{name}.json": json.dumps(schema, indent=1) + "\n" for name, schema in schemas.items()}


def stale() -> list[str]:
    """The files that differ from what the code says, and those that nothing makes any more."""
    made = contents()
    wrong = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return [_shown(path) for path in (*wrong, *_left(made))]


def _left(made: dict[Path, str]) -> list[Path]:
    return sorted(path for path in SCHEMAS.glob("*.json") if path not in made)


def _shown(path: Path) -> str:
    return str(path.resolve().relative_to(HERE.parent))


def _write() -> None:
    made = contents()
    for path, text in made.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {_shown(path)}")
    for path in _left(made):
        path.unlink()
        print(f"removed {_shown(path)}")


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        if found := stale():
            sys.exit(f"stale: {', '.join(found)}; bring them up to date with: make docs")
    else:
        _write()
