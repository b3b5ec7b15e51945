"""`sentinai tenants`: who the exceptions belong to."""

from sentinai_cli.cli.commands.tenant import purge, record, status
from sentinai_cli.cli.commands.tenant.group import app

__all__ = ["app", "purge", "record", "status"]
