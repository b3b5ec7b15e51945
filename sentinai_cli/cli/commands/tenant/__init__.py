"""`sentinai tenants`: who the exceptions belong to."""

from sentinai_cli.cli.commands.tenant import record, status, purge  # isort: skip - the order of the help page
from sentinai_cli.cli.commands.tenant.group import app

__all__ = ["app", "purge", "record", "status"]
