"""What generating asks of the active packs. Whoever knows the packs implements it; seeding does not read them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from sentinai_cli.models.exception import Severity
from sentinai_cli.models.reading import Reading


class Decided(Protocol):
    """A severity and who decided it."""

    @property
    def severity(self) -> Severity: ...

    @property
    def layer(self) -> str:
        """The layer that decided: policy, rule, type or default."""

    @property
    def rule(self) -> str | None:
        """The rule that matched, if a rule decided."""


@dataclass(frozen=True, slots=True)
class PlaybookRef:
    """A playbook and what its steps do; step 1 is `steps[0]`."""

    playbook_id: str
    steps: tuple[str, ...]


class Decisions(Protocol):
    """The decisions of one tenant's active packs. Equal questions must get equal answers."""

    def reading(self, exception_type: str) -> Reading:
        """What the rules look at of a type; records of it that agree in that have one severity."""

    def severity(
        self,
        *,
        exception_type: str,
        source_system: str,
        amount: Decimal | None,
        raw_payload: dict[str, object],
        context: dict[str, object],
    ) -> Decided:
        """The effective severity of a record. Of both documents only what `reading` names, and `domain`, is given."""

    def playbook(self, exception_type: str) -> PlaybookRef | None:
        """The playbook that applies to a type, if any."""

    def approval_required(self, severity: Severity) -> bool:
        """Whether a person must approve what is done about exceptions of this severity."""
