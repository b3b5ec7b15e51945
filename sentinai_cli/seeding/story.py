"""What happens to an exception after it arrived, until it reaches the status it is heading for.

A story is told without regard to as-of; whoever writes it down stops there. So an exception that is heading for
resolved and arrived an hour ago is found half-way, as it would be.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias

from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception import Status
from sentinai_cli.seeding.decision import PlaybookRef
from sentinai_cli.seeding.distribution import WORD
from sentinai_cli.seeding.happening import Happening, Script, in_playbook, into_status, to_owner
from sentinai_cli.seeding.log import fresh, quoted
from sentinai_cli.seeding.scenario import Delay, Timeline

Word: TypeAlias = Callable[[], int]
"""Gives the next word of 32 bits."""

INTAKE = (ActorType.SYSTEM, "intake")
_TRIAGE = (ActorType.AGENT, "triage-agent")
_POLICY = (ActorType.AGENT, "policy-agent")
_RESOLVER = (ActorType.AGENT, "resolution-agent")
_NORMALIZER = (ActorType.AGENT, "intake-agent")
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
    """Tells stories of one tenant. What is said again and again is written out once."""

    def __init__(self, timeline: Timeline, tenant_id: str, domain: str) -> None:
        self._timeline = timeline
        self._script = Script(tenant_id)
        self._domain = quoted(domain)
        self._triaged = cache(self._write_triaged)
        self._evaluated = cache(self._write_evaluated)
        self._assigned = cache(self._write_assigned)
        self._status = cache(self._write_status)
        self._escalated = cache(self._write_escalated)
        self._commented = cache(self._write_commented)
        self._started = cache(self._write_started)
        self._suggested = cache(self._write_suggested)
        self._approved = cache(self._write_approved)
        self._stepped = cache(self._write_stepped)
        self._completed = cache(self._write_completed)
        self._reviewed = cache(self._write_reviewed)

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
        story.append(self._status(owner, "open", "analyzing", None, "pickUp"))
        if heading_for is Status.ESCALATED:
            story.append(self._escalation(setting, word))
        elif heading_for is Status.RESOLVED:
            story.append(self._resolved(owner, "analyzing", "step", word))
        return Story(story, len(story))

    def _full(self, setting: Setting, word: Word) -> Story:
        timeline, owner, heading_for, playbook = self._timeline, setting.owner, setting.heading_for, setting.playbook
        playbook_id = None if playbook is None else playbook.playbook_id
        story = [
            self._normalized(setting),
            self._triage(setting, word),
            self._evaluated(setting.needs_approval, playbook_id),
        ]
        if heading_for is Status.OPEN:
            if word() < timeline.assigned_while_open_per_mille * WORD // 1000:
                story.append(self._assigned(owner))
                self._comment(story, owner, word)
            return Story(story, 0)
        story += [self._assigned(owner), self._status(owner, "open", "analyzing", None, "machine")]
        self._comment(story, owner, word)
        self._work(story, setting, word)
        if heading_for is Status.ESCALATED:
            story.append(self._escalation(setting, word))
        if heading_for is not Status.RESOLVED:
            return Story(story, len(story))
        story.append(self._resolved(owner, "analyzing", "machine", word))
        told = len(story)
        if word() < timeline.feedback_per_mille * WORD // 1000:
            story.append(self._reviewed(owner, word() * len(timeline.feedback) >> 32, playbook_id))
        return Story(story, told)

    def _work(self, story: list[Happening], setting: Setting, word: Word) -> None:
        playbook, resolved = setting.playbook, setting.heading_for is Status.RESOLVED
        playbook_id = None if playbook is None else playbook.playbook_id
        steps = () if playbook is None else playbook.steps
        done = len(steps) if resolved else word() * max(len(steps), 1) >> 32
        if playbook_id is not None:
            story.append(self._started(playbook_id, len(steps)))
        story.append(self._suggested(playbook_id, self._percent(word)))
        if not resolved and done == 0:
            return
        story.append(self._approved(playbook_id, setting.approver if setting.needs_approval else None))
        if playbook_id is None:
            return
        for number in range(1, done + 1):
            by = setting.owner if word() < _BY_HAND else None
            story.append(self._stepped(playbook_id, number, len(steps), steps[number - 1], by))
        if resolved:
            story.append(self._completed(playbook_id, len(steps)))

    def _triage(self, setting: Setting, word: Word) -> Happening:
        percent = self._percent(word)
        return self._triaged(setting.exception_type, setting.severity, setting.layer, setting.rule, percent)

    def _escalation(self, setting: Setting, word: Word) -> Happening:
        return self._escalated(setting.owner, setting.desk, self._one(self._timeline.escalation_reasons, word))

    def _resolved(self, owner: str | None, before: str, delay: Delay, word: Word) -> Happening:
        return self._status(owner, before, "resolved", self._one(self._timeline.resolution_reasons, word), delay)

    def _comment(self, story: list[Happening], owner: str, word: Word) -> None:
        if word() < self._timeline.comment_per_mille * WORD // 1000:
            story.append(self._commented(owner, self._one(self._timeline.comments, word)))

    def _percent(self, word: Word) -> int:
        least, most = self._timeline.confidence_percent
        return least + (word() * (most - least + 1) >> 32)

    @staticmethod
    def _one(texts: tuple[str, ...], word: Word) -> str:
        return texts[word() * len(texts) >> 32]

    def _normalized(self, setting: Setting) -> Happening:
        entity = "" if setting.entity is None else f',"entity":{fresh(setting.entity)}'
        payload = f'{{"domain":{self._domain}{entity},"fields":{setting.fields}}}'
        return self._script.written(EventType.EXCEPTION_NORMALIZED, _NORMALIZER, payload, "machine")

    def _write_triaged(
        self, exception_type: str, severity: str, layer: str, rule: str | None, percent: int
    ) -> Happening:
        triaged = {
            "exception_type": exception_type,
            "severity": severity,
            "layer": layer,
            "confidence": _confidence(percent),
            **({} if rule is None else {"rule": rule}),
        }
        return self._script.happening(EventType.TRIAGE_COMPLETED, _TRIAGE, triaged, "machine")

    def _write_evaluated(self, needs_approval: bool, playbook_id: str | None) -> Happening:
        decision = "REQUIRE_APPROVAL" if needs_approval else "ALLOW"
        evaluated = {"decision": decision, "approval_required": needs_approval} | _named(playbook_id)
        return self._script.happening(EventType.POLICY_EVALUATED, _POLICY, evaluated, "machine")

    def _write_assigned(self, owner: str) -> Happening:
        payload = {"before": None, "after": owner}
        return self._script.happening(EventType.OWNER_CHANGED, _user(owner), payload, "pickUp", to_owner(owner))

    def _write_status(self, owner: str | None, before: str, after: str, reason: str | None, delay: Delay) -> Happening:
        payload = {"before": before, "after": after} | ({} if reason is None else {"reason": reason})
        actor = _RESOLVER if owner is None else _user(owner)
        return self._script.happening(EventType.STATUS_CHANGED, actor, payload, delay, into_status(after))

    def _write_escalated(self, owner: str, desk: str, reason: str) -> Happening:
        payload = {"before": "analyzing", "to": desk, "reason": reason}
        return self._script.happening(EventType.ESCALATED, _user(owner), payload, "step", into_status("escalated"))

    def _write_commented(self, owner: str, text: str) -> Happening:
        return self._script.happening(EventType.COMMENT_ADDED, _user(owner), {"text": text}, "step")

    def _write_started(self, playbook_id: str, steps: int) -> Happening:
        payload = {"playbook_id": playbook_id, "steps": steps}
        effect = in_playbook(playbook_id, 1 if steps else None)
        return self._script.happening(EventType.PLAYBOOK_STARTED, _RESOLVER, payload, "machine", effect)

    def _write_suggested(self, playbook_id: str | None, percent: int) -> Happening:
        payload = {"suggested_action": _action(playbook_id), "confidence": _confidence(percent)} | _named(playbook_id)
        return self._script.happening(EventType.RESOLUTION_SUGGESTED, _RESOLVER, payload, "machine")

    def _write_approved(self, playbook_id: str | None, approver: str | None) -> Happening:
        actor = _POLICY if approver is None else _user(approver)
        payload = {"approved_action": _action(playbook_id), "approved_by": actor[1]} | _named(playbook_id)
        delay: Delay = "machine" if approver is None else "approval"
        return self._script.happening(EventType.RESOLUTION_APPROVED, actor, payload, delay)

    def _write_stepped(self, playbook_id: str, number: int, steps: int, action: str, owner: str | None) -> Happening:
        actor = _RESOLVER if owner is None else _user(owner)
        payload = {"playbook_id": playbook_id, "step_order": number, "action": action}
        effect = in_playbook(playbook_id, min(number + 1, steps))
        return self._script.happening(EventType.PLAYBOOK_STEP_COMPLETED, actor, payload, "step", effect)

    def _write_completed(self, playbook_id: str, steps: int) -> Happening:
        payload = {"playbook_id": playbook_id, "steps": steps}
        effect = in_playbook(playbook_id, None)
        return self._script.happening(EventType.PLAYBOOK_COMPLETED, _RESOLVER, payload, "machine", effect)

    def _write_reviewed(self, owner: str, place: int, playbook_id: str | None) -> Happening:
        said = self._timeline.feedback[place]
        payload: dict[str, object] = {
            "feedback_type": said.type,
            "feedback_text": said.text,
            "rating": said.rating,
            "resolution_effective": said.effective,
        }
        payload |= _named(playbook_id)
        return self._script.happening(EventType.FEEDBACK_CAPTURED, _user(owner), payload, "step")


def _user(name: str) -> tuple[ActorType, str]:
    return ActorType.USER, name


def _named(playbook_id: str | None) -> dict[str, object]:
    return {} if playbook_id is None else {"playbook_id": playbook_id}


def _action(playbook_id: str | None) -> str:
    return "investigate by hand" if playbook_id is None else f"apply {playbook_id}"


def _confidence(percent: int) -> str:
    return f"{percent // 100}.{percent % 100:02d}"
