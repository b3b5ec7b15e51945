"""A health check, how a registry of them is chosen from, and how each is made without spoiling another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sentinai_cli.db.health.finding import blind
from sentinai_cli.db.health.subject import Subject
from sentinai_cli.errors import InvalidInput, SentinaiError
from sentinai_cli.models.health import HealthCheck, Seen


@dataclass(frozen=True)
class Check:
    """A check of the registry: its name, the question that `ok` answers with yes, and how to look.

    `thresholds` names those that it goes by, `todo` says in a sentence what to do when it does not end well. A check
    that is `local` looks at the embedded server's machine, and is made elsewhere only when it is named.
    """

    name: str
    question: str
    look: Callable[[Subject], Seen]
    thresholds: tuple[str, ...] = ()
    todo: str = ""
    local: bool = False

    def make(self, subject: Subject) -> HealthCheck:
        """The check, made; one that cannot look is unknown."""
        try:
            seen = subject.ask(lambda _: self.look(subject))
        except SentinaiError as error:
            seen = unseen(self, error)
        return HealthCheck.of(self.name, self.question, seen, [subject.thresholds[name] for name in self.thresholds])


def chosen(registry: Sequence[Check], only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[Check, ...]:
    """The checks of these names, none is all, but for those that are skipped.

    Raises InvalidInput for a name that no check has, with the nearest ones, and when nothing is left.
    """
    names = [check.name for check in registry]
    for name in (*only, *skip):
        if name not in names:
            near = get_close_matches(name, names, n=3)
            why = f"did you mean {', '.join(near)}" if near else f"checks: {', '.join(names)}"
            raise InvalidInput("unknown_check", f"there is no check {name[:40]!r}", why=why)
    left = tuple(check for check in registry if (not only or check.name in only) and check.name not in skip)
    if not left:
        raise InvalidInput("no_check_left", "no check is left to make", why="--skip names all that --only does")
    return left


def unseen(check: Check, error: SentinaiError) -> Seen:
    """What a check saw that could not look, and why."""
    return Seen(covered="nothing", evidence=(blind(f"check {check.name}", error),))
