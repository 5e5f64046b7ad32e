"""The requirements of a result with their findings, each with the exchange that shows it, and sums over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from certhook.reporting.page.model import Column, Group, Matrix, ShownFinding, ShownRequirement, Unjudged
from certhook.reporting.page.room import Room
from certhook.reporting.repeat_commands import is_complete, replay_command
from certhook.values import Basis, Level, Outcome

_UNJUDGED = (Outcome.BLOCKED, Outcome.NOT_TESTED, Outcome.NOT_APPLICABLE)


def shown_requirements(result: Mapping[str, Any], room: Room, folder: Path) -> tuple[ShownRequirement, ...]:
    """All requirements, in the order of the result. `folder` is the run's, as its reader would name it."""
    return tuple(_requirement(item, room, folder) for item in result["requirements"])


def _requirement(item: Mapping[str, Any], room: Room, folder: Path) -> ShownRequirement:
    return ShownRequirement(
        item["id"],
        item["title"],
        item["group"],
        Level(item["level"]),
        Basis(item["basis"]),
        item["citation"],
        Outcome(item["outcome"]),
        item["reason"],
        tuple(_finding(finding, room, folder) for finding in item["findings"]),
        item["findings_total"],
    )


def _finding(finding: Mapping[str, Any], room: Room, folder: Path) -> ShownFinding:
    exchange = room.exchanges.get(finding["exchange"])
    return ShownFinding(
        finding["message"],
        finding["expected"],
        finding["observed"],
        exchange,
        finding["curl"] if room.commands and is_complete(finding["curl"]) else "",
        replay_command(folder, exchange.number) if exchange else "",
    )


def groups_of(requirements: Sequence[ShownRequirement]) -> tuple[Group, ...]:
    """The requirements by group, the groups in the order in which they first come."""
    names = dict.fromkeys(one.group for one in requirements)
    return tuple(Group(name, tuple(one for one in requirements if one.group == name)) for name in names)


def matrix_of(groups: Sequence[Group]) -> Matrix:
    """How many requirements of each group there are, by level and outcome, the worst first."""
    counts = {group.name: Counter((one.level, one.outcome) for one in group.requirements) for group in groups}
    totals = sum(counts.values(), Counter())
    filled = [(level, outcome) for level in Level for outcome in reversed(Outcome) if totals[level, outcome]]
    return Matrix(
        tuple(Column(*one) for one in filled),
        tuple((name, tuple(count[one] for one in filled)) for name, count in counts.items()),
        tuple(totals[one] for one in filled),
    )


def unjudged_in(requirements: Sequence[ShownRequirement]) -> Iterator[Unjudged]:
    """What was blocked, not tested or not applicable: one entry per reason."""
    for outcome in _UNJUDGED:
        found = [one for one in requirements if one.outcome is outcome]
        for reason in dict.fromkeys(one.reason for one in found):
            yield Unjudged(outcome, reason, tuple(one.id for one in found if one.reason == reason))
