"""The commands that only read, as command lines."""

from tests.commands.conftest import FINANCE
from tests.commands.operator import Operator

LISTS = (
    "exceptions list",
    "exceptions list --tenant TENANT_FINANCE_001 --limit 3",
    "exceptions stats",
    "exceptions export",
    "tenants list",
    "packs list",
    "operations list",
    "seed runs",
    "seed verify RUN",
    "config show",
    "health isolation",
)
SINGLE = (
    "status",
    "exceptions count",
    "events verify",
    "exceptions show EXCEPTION",
    "tenants show TENANT_FINANCE_001",
    "packs show domain:Finance",
    "packs show policy:TENANT_FINANCE_001",
    "packs validate FILE",
    "operations show OPERATION",
    "db environment show",
    "db status",
)
READING = LISTS + SINGLE
DATABASE = tuple(line for line in READING if line.split()[0] not in ("config", "db") and "validate" not in line)
"""Those that open the database."""


def words_of(line: str, reader: Operator) -> list[str]:
    """The words of a command line, with a real id or file in place of each placeholder."""
    words = line.split()
    if "EXCEPTION" in words:
        found = reader("exceptions", "list", "--tenant", FINANCE, "--limit", "1", "-o", "json").document
        words[words.index("EXCEPTION")] = found["items"][0]["exception_id"]
    if "OPERATION" in words:
        words[words.index("OPERATION")] = reader.journal()[0]["operation_id"]
    if "RUN" in words:
        found = reader("seed", "runs", "--tenant", FINANCE, "-o", "json").document
        words[words.index("RUN")] = found["items"][0]["identity"][:12]
    if "FILE" in words:
        from sentinai_cli.resources import bundled

        words[words.index("FILE")] = str(bundled("domainpacks") / "finance.sample.json")
    return words
