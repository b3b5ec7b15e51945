"""When the events of a story happen."""

from sentinai_cli.seeding.moment import MINUTE, at_work
from sentinai_cli.seeding.scenario import Timeline
from sentinai_cli.seeding.story import Setting, Story, Word


class Clock:
    """Dates stories by one timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self._delays = {name: table.at for name, table in timeline.delays.items()}
        self._hours = timeline.working_hours

    def date(self, story: Story, setting: Setting, turnaround: int, word: Word) -> list[int]:
        """A moment for each happening, strictly one after the other. All in microseconds.

        Machines take as long as they say; whatever people do is spread over the rest of the turnaround, by which the
        story is told, and moved to when they are at work. What would miss its deadline only by that is not moved.
        """
        happenings, told = story
        delays = [self._delays[happening.delay](word()) for happening in happenings]
        planned = _planned(story, delays, setting.arrived, turnaround)
        if setting.hurries:
            return _in_order(planned, delays, setting.arrived)
        hours = self._hours
        moved = [
            at_work(at, hours, word()) if happening.by_user else at
            for happening, at in zip(happenings, planned, strict=True)
        ]
        dated = _in_order(moved, delays, setting.arrived)
        if told and turnaround <= setting.sla < dated[told - 1] - setting.arrived:
            return _in_order(planned, delays, setting.arrived)
        return dated


def sooner(moments: list[int], since: int, speed: int) -> list[int]:
    """The same moments so many times as soon after another, still strictly one after the other."""
    return _in_order([since + (moment - since) // speed for moment in moments], [1] * len(moments), since)


def _planned(story: Story, delays: list[int], arrived: int, turnaround: int) -> list[int]:
    """Where each would stand if people were always at work."""
    happenings, told = story
    machines = people = 0
    for happening, delay in zip(happenings[:told], delays, strict=False):
        if happening.by_machine:
            machines += delay
        else:
            people += delay
    room = max(turnaround - machines, 0)
    planned = []
    at, spent, worked = arrived, 0, 0
    for number, (happening, delay) in enumerate(zip(happenings, delays, strict=True)):
        if number >= told:
            at += delay
        elif happening.by_machine:
            spent += delay
            at = arrived + spent + (room * worked // people if worked else 0)
        else:
            worked += delay
            at = arrived + spent + room * worked // people
        planned.append(at)
    return planned


def _in_order(moments: list[int], delays: list[int], arrived: int) -> list[int]:
    """Each moment, but after the one before it: if need be later by what it takes, at most by a minute."""
    ordered = []
    at = arrived
    for moment, delay in zip(moments, delays, strict=True):
        at = moment if moment > at else at + max(1, min(delay, MINUTE))
        ordered.append(at)
    return ordered
