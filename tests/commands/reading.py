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
    "config profiles",
    "health --only version,schema,sla,packs",
    "health isolation",
    "events list --limit 5",
    "exceptions list --where daysLate>=1",
    "exceptions stats --by owner",
    "exceptions timeline EXCEPTION",
    "exceptions sla",
    "exceptions list --at-risk",
    "exceptions similar EXCEPTION --limit 2",
    "packs diff domain:Finance domain:Healthcare",
    "packs effective --tenant TENANT_FINANCE_001 --explain",
    "packs history",
    "playbooks list",
    "tools list",
    "migrate history",
    "migrate plan --from base --to 0002",
    "seed scenarios",
    "retention holds --released",
    "retention plan --older-than 1",
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
    "exceptions why EXCEPTION",
    "packs test domain:Finance",
    "packs why --tenant TENANT_FINANCE_001 --type CASH_BREAK",
    "playbooks show PLAYBOOK --tenant TENANT_FINANCE_001",
    "tools show TOOL --tenant TENANT_FINANCE_001",
    "migrate status",
    "migrate check",
)
READING = LISTS + SINGLE
_ELSEWHERE = ("config", "db", "migrate", "packs validate", "seed scenarios")
DATABASE = tuple(line for line in READING if not line.startswith(_ELSEWHERE))
"""Those that open the database and need its schema."""


def words_of(line: str, reader: Operator) -> list[str]:
    """The words of a command line, with a real id or file in place of each placeholder."""
    words = line.split()
    if "EXCEPTION" in words:
        found = reader("exceptions", "list", "--tenant", FINANCE, "--limit", "1", "-o", "json").document
        words[words.index("EXCEPTION")] = found["items"][0]["exception_id"]
    if "OPERATION" in words:
        words[words.index("OPERATION")] = reader.journal()[0]["operation_id"]
    if "PLAYBOOK" in words:
        words[words.index("PLAYBOOK")] = "PB_FIN_SETTLEMENT_FAIL"
    if "TOOL" in words:
        words[words.index("TOOL")] = "getSettlement"
    if "RUN" in words:
        found = reader("seed", "runs", "--tenant", FINANCE, "-o", "json").document
        words[words.index("RUN")] = found["items"][0]["identity"][:12]
    if "FILE" in words:
        from sentinai_cli.resources import bundled

        words[words.index("FILE")] = str(bundled("domainpacks") / "finance.sample.json")
    return words
