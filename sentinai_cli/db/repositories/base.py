"""What all repositories share: the connection and the scope that every statement binds."""

from sqlalchemy import ColumnElement, Connection, Table, true

from sentinai_cli.models.scope import Scope, TenantScope


class Repository:
    """Row-level security is the first line; naming the tenant in each statement is the second."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def _in_scope(self, table: Table) -> ColumnElement[bool]:
        """The condition that keeps a statement on `table` inside the scope."""
        if isinstance(self._scope, TenantScope):
            return table.c.tenant_id == self._scope.tenant_id
        return true()
