"""What an assistant asks about exceptions: each answer is a page that an index serves, whatever page it is."""

from datetime import datetime, timedelta

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.event_list import EventListRepository
from sentinai_cli.db.repositories.exception import ExceptionRepository
from sentinai_cli.db.repositories.exception_similar import ExceptionSimilarRepository, SimilarRow
from sentinai_cli.models.event_list import EventFilter, EventKey, EventListed
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey, ExceptionSummary, Sort
from sentinai_cli.models.exception_similar import Likened, SimilarKey

EVERYTHING = ExceptionFilter()
MOST_CANDIDATES = 1000


class CopilotRepository(Repository):
    """Pages of up to `limit` rows behind `after`, the last row of the page before.

    `chosen` restricts further; what a method asks for takes the place of the same restriction in it. Restrictions by
    amount, text or payload are looked for in every row that is left, without a limit.
    """

    def similar(
        self,
        asked: Likened,
        chosen: ExceptionFilter = EVERYTHING,
        *,
        until: datetime,
        after: SimilarKey | None,
        limit: int,
    ) -> list[SimilarRow]:
        """Cases of the same tenant that are like the asked one, the most alike first.

        Compared are the newest of its type, its entity and its source that were created until then, which is the same
        moment on every page.
        """
        similar = ExceptionSimilarRepository(self._connection, self._scope)
        found = similar.candidates(asked, until=until, most=MOST_CANDIDATES)
        return similar.ranked(asked, found.ids, chosen, after=after, limit=limit)

    def sla_imminent(
        self,
        chosen: ExceptionFilter = EVERYTHING,
        *,
        at: datetime,
        within: timedelta,
        after: ExceptionKey | None,
        limit: int,
    ) -> list[ExceptionSummary]:
        """What is not resolved and due in the time from `at` on, the nearest deadline first."""
        due = chosen.model_copy(update={"unresolved": True, "due_since": at, "due_until": at + within})
        return self._page(due, after, limit, Sort.DEADLINE)

    def sla_breached(
        self, chosen: ExceptionFilter = EVERYTHING, *, at: datetime, after: ExceptionKey | None, limit: int
    ) -> list[ExceptionSummary]:
        """What is not resolved and past its deadline at `at`, the latest first."""
        late = chosen.model_copy(update={"unresolved": True, "due_since": None, "due_until": at})
        return self._page(late, after, limit, Sort.DEADLINE)

    def by_entity(
        self, entity: str, chosen: ExceptionFilter = EVERYTHING, *, after: ExceptionKey | None, limit: int
    ) -> list[ExceptionSummary]:
        """What is about an entity, the newest first."""
        return self._page(chosen.model_copy(update={"entities": (entity,)}), after, limit, Sort.CREATED)

    def by_source(
        self, source_system: str, chosen: ExceptionFilter = EVERYTHING, *, after: ExceptionKey | None, limit: int
    ) -> list[ExceptionSummary]:
        """What came from a source system, the newest first."""
        return self._page(chosen.model_copy(update={"sources": (source_system,)}), after, limit, Sort.CREATED)

    def open_playbook_step(
        self,
        playbook_id: str,
        step: int | None = None,
        chosen: ExceptionFilter = EVERYTHING,
        *,
        after: ExceptionKey | None,
        limit: int,
    ) -> list[ExceptionSummary]:
        """What is not resolved and has a next step in a playbook, that step if one is given; the newest first."""
        steps = () if step is None else (step,)
        asked = {"unresolved": True, "playbooks": (playbook_id,), "playbook_open": True, "steps": steps}
        return self._page(chosen.model_copy(update=asked), after, limit, Sort.CREATED)

    def recent_events(
        self, chosen: EventFilter, *, since: datetime, after: EventKey | None, limit: int
    ) -> list[EventListed]:
        """What happened in scope from `since` on, the newest event first."""
        recent = chosen.model_copy(update={"since": since})
        return EventListRepository(self._connection, self._scope).page(recent, after=after, limit=limit)

    def _page(
        self, chosen: ExceptionFilter, after: ExceptionKey | None, limit: int, sort: Sort
    ) -> list[ExceptionSummary]:
        exceptions = ExceptionRepository(self._connection, self._scope)
        return exceptions.page(chosen, after=after, limit=limit, sort=sort)
