"""What the database says about itself."""

from datetime import datetime

from sqlalchemy import select, update

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import database_info
from sentinai_cli.models.database import Environment


class DatabaseInfoRepository(Repository):
    """The one row of database_info."""

    def environment(self) -> Environment:
        """The environment marker."""
        return Environment(self._connection.execute(select(database_info.c.environment)).scalar_one())

    def set_environment(self, environment: Environment) -> None:
        """Change the marker."""
        self._connection.execute(update(database_info).values(environment=environment.value))

    def made_at(self) -> datetime:
        """When the schema was made: no two databases share it but copies of one."""
        made: datetime = self._connection.execute(select(database_info.c.created_at)).scalar_one()
        return made

    def epoch(self) -> int:
        """How often the database has been restored, plus one."""
        return int(self._connection.execute(select(database_info.c.epoch)).scalar_one())

    def set_epoch(self, epoch: int) -> None:
        """Begin another epoch. Only in the owner's scope."""
        self._connection.execute(update(database_info).values(epoch=epoch))
