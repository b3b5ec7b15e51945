"""What is said in stories: each happening of one tenant, written out once and said again and again."""

from functools import cache

from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.seeding.happening import Happening, Script, in_playbook, into_status, to_owner
from sentinai_cli.seeding.log import fresh, quoted
from sentinai_cli.seeding.scenario import Delay, Timeline

_TRIAGE = (ActorType.AGENT, "triage-agent")
_POLICY = (ActorType.AGENT, "policy-agent")
_RESOLVER = (ActorType.AGENT, "resolution-agent")
_NORMALIZER = (ActorType.AGENT, "intake-agent")


class Sentences:
    """The happenings of one tenant's stories, a few hundred in all but `normalized`, which names the entity."""

    def __init__(self, timeline: Timeline, tenant_id: str, domain: str) -> None:
        self._timeline = timeline
        self._script = Script(tenant_id)
        self._domain = quoted(domain)
        self.triaged = cache(self._triaged)
        self.evaluated = cache(self._evaluated)
        self.assigned = cache(self._assigned)
        self.status = cache(self._status)
        self.escalated = cache(self._escalated)
        self.commented = cache(self._commented)
        self.started = cache(self._started)
        self.suggested = cache(self._suggested)
        self.approved = cache(self._approved)
        self.stepped = cache(self._stepped)
        self.completed = cache(self._completed)
        self.reviewed = cache(self._reviewed)

    def normalized(self, entity: str | None, fields: str) -> Happening:
        """`fields` are the names in the context, as canonical JSON."""
        named = "" if entity is None else f',"entity":{fresh(entity)}'
        payload = f'{{"domain":{self._domain}{named},"fields":{fields}}}'
        return self._script.written(EventType.EXCEPTION_NORMALIZED, _NORMALIZER, payload, "machine")

    def _triaged(self, exception_type: str, severity: str, layer: str, rule: str | None, percent: int) -> Happening:
        triaged = {
            "exception_type": exception_type,
            "severity": severity,
            "layer": layer,
            "confidence": _confidence(percent),
            **({} if rule is None else {"rule": rule}),
        }
        return self._script.happening(EventType.TRIAGE_COMPLETED, _TRIAGE, triaged, "machine")

    def _evaluated(self, needs_approval: bool, playbook_id: str | None) -> Happening:
        decision = "REQUIRE_APPROVAL" if needs_approval else "ALLOW"
        evaluated = {"decision": decision, "approval_required": needs_approval} | _named(playbook_id)
        return self._script.happening(EventType.POLICY_EVALUATED, _POLICY, evaluated, "machine")

    def _assigned(self, owner: str) -> Happening:
        payload = {"before": None, "after": owner}
        return self._script.happening(EventType.OWNER_CHANGED, _user(owner), payload, "pickUp", to_owner(owner))

    def _status(self, owner: str | None, before: str, after: str, reason: str | None, delay: Delay) -> Happening:
        payload = {"before": before, "after": after} | ({} if reason is None else {"reason": reason})
        actor = _RESOLVER if owner is None else _user(owner)
        return self._script.happening(EventType.STATUS_CHANGED, actor, payload, delay, into_status(after))

    def _escalated(self, owner: str, desk: str, reason: str) -> Happening:
        payload = {"before": "analyzing", "to": desk, "reason": reason}
        return self._script.happening(EventType.ESCALATED, _user(owner), payload, "step", into_status("escalated"))

    def _commented(self, owner: str, text: str) -> Happening:
        return self._script.happening(EventType.COMMENT_ADDED, _user(owner), {"text": text}, "step")

    def _started(self, playbook_id: str, steps: int) -> Happening:
        payload = {"playbook_id": playbook_id, "steps": steps}
        effect = in_playbook(playbook_id, 1 if steps else None)
        return self._script.happening(EventType.PLAYBOOK_STARTED, _RESOLVER, payload, "machine", effect)

    def _suggested(self, playbook_id: str | None, percent: int) -> Happening:
        payload = {"suggested_action": _action(playbook_id), "confidence": _confidence(percent)} | _named(playbook_id)
        return self._script.happening(EventType.RESOLUTION_SUGGESTED, _RESOLVER, payload, "machine")

    def _approved(self, playbook_id: str | None, approver: str | None) -> Happening:
        actor = _POLICY if approver is None else _user(approver)
        payload = {"approved_action": _action(playbook_id), "approved_by": actor[1]} | _named(playbook_id)
        delay: Delay = "machine" if approver is None else "approval"
        return self._script.happening(EventType.RESOLUTION_APPROVED, actor, payload, delay)

    def _stepped(self, playbook_id: str, number: int, steps: int, action: str, owner: str | None) -> Happening:
        actor = _RESOLVER if owner is None else _user(owner)
        payload = {"playbook_id": playbook_id, "step_order": number, "action": action}
        effect = in_playbook(playbook_id, min(number + 1, steps))
        return self._script.happening(EventType.PLAYBOOK_STEP_COMPLETED, actor, payload, "step", effect)

    def _completed(self, playbook_id: str, steps: int) -> Happening:
        payload = {"playbook_id": playbook_id, "steps": steps}
        effect = in_playbook(playbook_id, None)
        return self._script.happening(EventType.PLAYBOOK_COMPLETED, _RESOLVER, payload, "machine", effect)

    def _reviewed(self, owner: str, place: int, playbook_id: str | None) -> Happening:
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
