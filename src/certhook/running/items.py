"""What a collected test is about, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from certhook.judging.invariants import INVARIANTS
from certhook.pack.model import Operation
from certhook.reporting.escaping import visible_lines
from certhook.reporting.repeat_commands import commands_for
from certhook.running.cases import Case
from certhook.running.certification import Certification, ItemResult
from certhook.running.settling import CaseResult
from certhook.values import CaseOutcome, Outcome, Requirement


class Blocked(Exception):
    """A flow cannot go on: its requirement is blocked; the message says why."""


@dataclass(frozen=True)
class Item:
    """What one collected test is about: a case, a rule for every answer, the end of a round, or a flow.

    `id` is stable from run to run and begins with `operation.group.`, which names its round; `requirements` are the ids
    that it can say something of.
    """

    id: str
    certification: Certification
    group: str
    operation: Operation
    requirements: tuple[str, ...]
    case: Case | None = None

    def __repr__(self) -> str:  # short, since pytest and Allure ask for it again and again
        return f"<Item {self.id}>"


def concerned(item: Item) -> tuple[str, ...]:
    """The requirements that cannot be called met where an item was not judged.

    A request that is only to be survived is sent for no requirement of its own: then the rules of its group are.
    """
    if item.requirements:
        return item.requirements
    rules = [one.requirement for one in item.certification.selected_open if is_rule(one.entry.check.invariant)]
    own = [rule.id for rule in rules if rule.group == item.group]
    return tuple(own or [rule.id for rule in rules if rule.group == "robustness"])


def is_rule(name: str) -> bool:
    """Whether an invariant is judged answer by answer."""
    return bool(name) and INVARIANTS[name].per_answer


def conclude(item: Item, outcomes: list[CaseOutcome], result: CaseResult | None = None) -> None:
    """Record a case's outcomes and end the test in the way that fits the worst of them."""
    __tracebackhide__ = True
    exchanges = (
        result.exchanges
        if result
        else tuple(outcome.finding.exchange for outcome in outcomes if outcome.finding and outcome.finding.exchange)
    )
    certification = item.certification
    sent = [delivery.exchange for delivery in result.deliveries] if result else []
    outcomes = [certification.as_said(one, sent) for one in outcomes]
    certification.record(item.id, item.group, item.operation.name, outcomes, exchanges)
    ended = ItemResult([certification.accepted(one) for one in outcomes], result.deliveries if result else ())
    certification.ended[item.id] = ended
    worst = ended.worst
    if worst is None or worst.outcome is Outcome.PASSED:
        return
    shown = replace(worst, reason=certification.said(worst.reason))
    said = explained(shown, certification.requirements, Path(certification.setup.output))
    message = f"{worst.outcome.replace('_', ' ')}: {said}"
    message = visible_lines(certification.redactor.text(message))
    if worst.outcome in {Outcome.FAILED, Outcome.BLOCKED}:
        # Without a trace, which tells nobody anything and takes longer to make than a request.
        pytest.fail(message, pytrace=False)
    if worst.outcome in {Outcome.WARNED, Outcome.WAIVED}:
        pytest.xfail(message)
    pytest.skip(message)


def explained(outcome: CaseOutcome, requirements: Mapping[str, Requirement], folder: Path) -> str:
    """An outcome in a few lines: requirement, clause, what was sent, expected and observed, and how to see it again.

    `folder` is the run's.
    """
    requirement = requirements[outcome.requirement]
    lines = [f"{requirement.id} ({requirement.level}): {requirement.title}", f"  clause:   {requirement.citation}"]
    if outcome.reason:
        lines.append(f"  reason:   {outcome.reason}")
    if outcome.finding:
        finding = outcome.finding
        lines += [
            f"  sent:     {finding.message}",
            f"  expected: {finding.expected}",
            f"  observed: {finding.observed}",
            *(f"  again:    {command}" for command in commands_for(finding.as_json(), folder)),
        ]
    return "\n".join(lines)
