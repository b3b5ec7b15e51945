"""How each result looks on a terminal. Importing a module here registers its views."""

from sentinai_cli.render.views import database, exception, migration, operation, setting, tenant
from sentinai_cli.render.views.view import view

__all__ = ["database", "exception", "migration", "operation", "setting", "tenant", "view"]
