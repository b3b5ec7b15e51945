"""What happens to an exception after it arrived, until it reaches the status it is heading for.

A story is told without regard to as-of; whoever writes it down stops there. So an exception that is heading for
resolved and arrived an hour ago is found half-way, as it would be.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from sentinai_cli.models.event import ActorType
from sentinai_cli.models.exception import Status
from sentinai_cli.seeding.decision import PlaybookRef
from sentinai_cli.seeding.distribution import WORD
from sentinai_cli.seeding.happening import Happening
from sentinai_cli.seeding.scenario import Delay, Timeline
from sentinai_cli.seeding.sentence import Sentences

Word: TypeAlias = Callable[[], int]
"""Gives the next word of 32 bits."""

INTAKE = (ActorType.SYSTEM, "intake")
_BY_HAND = 400 * WORD // 1000
_AT_ONCE = 800 * WORD // 1000
"""How many brief stories are resolved without anybody looking at them."""


class Setting(NamedTuple):
    """Whom and what a story is about. `fields` are the names in the context, as canonical JSON.

    `severity` and who decided it are text. `arrived` is in microseconds since 1970, `sla` as many as there are until
    the deadline. What `hurries` is worked on at any hour.
    """

    exception_type: str
    entity: str | None
    fields: str
    severity: str
    layer: str
    rule: str | None
    hurries: bool
    needs_approval: bool
    playbook: PlaybookRef | None
    owner: str
    approver: str
    desk: str
    heading_for: Status
    arrived: int
    sla: int


class Story(NamedTuple):
    """Everything after ExceptionCreated, in order, and how many of them there are when it reaches what it heads for.

    `told` is 0 where nothing is reached: it stays open.
    """

    happenings: list[Happening]
    told: int


class Teller:
    """Tells stories of one tenant."""

    def __init__(self, timeline: Timeline, tenant_id: str, domain: str) -> None:
        self._timeline = timeline
        self._say = Sentences(timeline, tenant_id, domain)

    def longest(self, steps: int) -> int:
        """How many events a story may have, the first one included, with a playbook of so many steps."""
        return 4 if self._timeline.story == "brief" else 14 + steps

    def tell(self, setting: Setting, word: Word) -> Story:
        """The story of one record."""
        return self._brief(setting, word) if self._timeline.story == "brief" else self._full(setting, word)

    def _brief(self, setting: Setting, word: Word) -> Story:
        """Triage and the changes of status, and nothing else."""
        story = [self._triage(setting, word)]
        heading_for, owner = setting.heading_for, setting.owner
        if heading_for is Status.OPEN:
            return Story(story, 0)
        if heading_for is Status.RESOLVED and word() < _AT_ONCE:
            story.append(self._resolved(None, "open", "step", word))
            return Story(story, 2)
        story.append(self._say.status(owner, "open", "analyzing", None, "pickUp"))
        if heading_for is Status.ESCALATED:
            story.append(self._escalation(setting, word))
        elif heading_for is Status.RESOLVED:
            story.append(self._resolved(owner, "analyzing", "step", word))
        return Story(story, len(story))

    def _full(self, setting: Setting, word: Word) -> Story:
        timeline, owner, heading_for, playbook = self._timeline, setting.owner, setting.heading_for, setting.playbook
        playbook_id = None if playbook is None else playbook.playbook_id
        story = [
            self._say.normalized(setting.entity, setting.fields),
            self._triage(setting, word),
            self._say.evaluated(setting.needs_approval, playbook_id),
        ]
        if heading_for is Status.OPEN:
            if word() < timeline.assigned_while_open_per_mille * WORD // 1000:
                story.append(self._say.assigned(owner))
                self._comment(story, owner, word)
            return Story(story, 0)
        story += [self._say.assigned(owner), self._say.status(owner, "open", "analyzing", None, "machine")]
        self._comment(story, owner, word)
        self._work(story, setting, word)
        if heading_for is Status.ESCALATED:
            story.append(self._escalation(setting, word))
        if heading_for is not Status.RESOLVED:
            return Story(story, len(story))
        story.append(self._resolved(owner, "analyzing", "machine", word))
        told = len(story)
        if word() < timeline.feedback_per_mille * WORD // 1000:
            story.append(self._say.reviewed(owner, word() * len(timeline.feedback) >> 32, playbook_id))
        return Story(story, told)

    def _work(self, story: list[Happening], setting: Setting, word: Word) -> None:
        playbook, resolved = setting.playbook, setting.heading_for is Status.RESOLVED
        playbook_id = None if playbook is None else playbook.playbook_id
        steps = () if playbook is None else playbook.steps
        done = len(steps) if resolved else word() * max(len(steps), 1) >> 32
        if playbook_id is not None:
            story.append(self._say.started(playbook_id, len(steps)))
        story.append(self._say.suggested(playbook_id, self._percent(word)))
        if not resolved and done == 0:
            return
        story.append(self._say.approved(playbook_id, setting.approver if setting.needs_approval else None))
        if playbook_id is None:
            return
        for number in range(1, done + 1):
            by = setting.owner if word() < _BY_HAND else None
            story.append(self._say.stepped(playbook_id, number, len(steps), steps[number - 1], by))
        if resolved:
            story.append(self._say.completed(playbook_id, len(steps)))

    def _triage(self, setting: Setting, word: Word) -> Happening:
        percent = self._percent(word)
        return self._say.triaged(setting.exception_type, setting.severity, setting.layer, setting.rule, percent)

    def _escalation(self, setting: Setting, word: Word) -> Happening:
        return self._say.escalated(setting.owner, setting.desk, self._one(self._timeline.escalation_reasons, word))

    def _resolved(self, owner: str | None, before: str, delay: Delay, word: Word) -> Happening:
        return self._say.status(owner, before, "resolved", self._one(self._timeline.resolution_reasons, word), delay)

    def _comment(self, story: list[Happening], owner: str, word: Word) -> None:
        if word() < self._timeline.comment_per_mille * WORD // 1000:
            story.append(self._say.commented(owner, self._one(self._timeline.comments, word)))

    def _percent(self, word: Word) -> int:
        least, most = self._timeline.confidence_percent
        return least + (word() * (most - least + 1) >> 32)

    @staticmethod
    def _one(texts: tuple[str, ...], word: Word) -> str:
        return texts[word() * len(texts) >> 32]
