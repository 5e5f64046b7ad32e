"""The ways in which a finding is looked for again, by what it is about.

| a finding about                                 | what is sent                                                       |
|-------------------------------------------------|--------------------------------------------------------------------|
| the answer to a request                         | the request; once more where it breaks a MUST, as in a run         |
| ... that was sent behind another                | where it does not show alone: both, over one connection            |
| ... that was flaky, or refused a valid request  | where it does not show alone: its group                            |
| the next request on the connection              | the request, and a control behind it over the same connection      |
| several requests that belong together           | the suite's flow                                                   |
| a group: the control that ends it, its latency  | the cases of the group, and the controls around them               |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from certhook.building.pool import Exhausted
from certhook.exchange import Exchange, Failure, Response
from certhook.judging.answers import read_answer
from certhook.judging.judge import Judgement
from certhook.replaying.flows import run_flow
from certhook.running.cases import Case
from certhook.running.certification import Certification
from certhook.running.settling import Settler, spoilt
from certhook.sending.courier import Delivery, Errand
from certhook.values import Finding

SPARE = 20
"""Values of a list that are passed over, since somebody may have used them up, before a refusal is believed."""

TRIES = 10
"""How often a request is sent alone whose finding was flaky."""

_CONTROL = "-control"


@dataclass(frozen=True, slots=True)
class Trial:
    """What one way of sending came to: what it says of requirements, by their ids, and in words.

    `exchanges` are those that show it; `blocked` says why nothing can be told.
    """

    exchanges: tuple[Exchange, ...]
    judgements: Mapping[str, Judgement]
    says: str
    blocked: str = ""

    def breaks(self, requirement: str) -> bool:
        """Whether the requirement was not met."""
        return requirement in self.judgements and not self.judgements[requirement].met


class Trials:
    """The trials of one case, for the findings of one of its exchanges. Each way is gone once, when it is needed.

    `before` went over the same connection just before it; `alone`: no group is to be sent for an answer.
    """

    def __init__(
        self,
        case: Case,
        findings: Mapping[str, Finding],
        certification: Certification,
        *,
        before: Case | None,
        alone: bool,
    ) -> None:
        self._case = case
        self._findings = findings
        self._certification = certification
        self._before = before
        self._alone = alone

    def of(self, requirement: str) -> Trial:
        """The trial that shows whether the finding about that requirement still stands. Raises Exhausted."""
        if self._is_of_a_flow(requirement):
            return self._flow
        if self._is_of_a_group(requirement):
            return self._group
        if self._is_rule("recovers", requirement):
            return self._next_request
        tried = []
        for trial in self._ways_to_answer(requirement):
            if trial.breaks(requirement) or trial.blocked:
                return trial
            tried.append(trial)
        return replace(tried[0], says="; ".join(trial.says for trial in tried))

    def _ways_to_answer(self, requirement: str) -> Iterator[Trial]:
        yield self.answered
        if self._before is not None:
            yield self._behind
        valid = self._case.change.legal and requirement in (ask.requirement.id for ask in self._case.asks)
        if (valid or self._is_flaky) and not self._alone:
            yield self._among_others

    def takes_several(self, requirement: str) -> bool:
        """Whether no single request can show the finding about that requirement."""
        return self._is_of_a_flow(requirement) or self._is_of_a_group(requirement)

    def read(self, answer: Response | Failure) -> str:
        """How an answer to the request reads, in a line."""
        return read_answer(self._certification.pack, answer, self._case.change.front).says

    def _is_of_a_flow(self, requirement: str) -> bool:
        return self._case.id.endswith(f".flow.{requirement}")

    def _is_of_a_group(self, requirement: str) -> bool:
        ended = self._case.id.endswith(f".closing{_CONTROL}")
        return self._is_rule("latency", requirement) or (ended and self._is_rule("recovers", requirement))

    def _is_rule(self, invariant: str, requirement: str) -> bool:
        rule = self._certification.judge.requirement_of(invariant)
        return rule is not None and rule.id == requirement

    @property
    def _is_flaky(self) -> bool:
        return any(finding.flaky for finding in self._findings.values())

    # -------------------------------------------------------------- the ways

    @cached_property
    def answered(self) -> Trial:
        """The request alone; several times over where the finding did not come each time."""
        for _ in range(TRIES if self._is_flaky else 1):
            trial = self._answered_once()
            if any(map(trial.breaks, self._findings)):
                break
        return trial

    def _answered_once(self) -> Trial:
        certification, first = self._certification, self._delivered()
        settler = Settler(certification.courier, certification.judge, certification.requirements)
        result = settler.settle(self._case, first)
        told = [*result.judgements, *result.observations]
        if not (result.blocked or result.reading):
            # Settling keeps the second answer; of a target that the run has accused already, the first says enough.
            own = settler.judged(self._case, first)
            told = [*own.judgements, *own.observations, *told]
        judgements = _by_requirement(told)
        broken = [one.exchange for id, one in judgements.items() if id in self._findings and not one.met]
        shown = broken[0] if broken else result.deliveries[-1].exchange
        return Trial((shown,), judgements, self.read(shown.answer), result.blocked)

    def _delivered(self) -> Delivery:
        """The first answer; where test data is drawn from lists, a refusal only if a control with the same is accepted.

        Raises Exhausted.
        """
        courier, stock = self._certification.courier, self._certification.stock
        control = courier.control(self._case.operation, self._case.id)
        for _ in range(SPARE):
            delivery = courier.deliver(_errand(self._case))
            if not delivery.refused or not stock.draws_for(self._case.operation) or courier.deliver(control).accepted:
                return delivery
            stock.pass_over(self._case.operation)
        raise Exhausted("valid requests are refused whichever value of the profile's lists they carry")

    @cached_property
    def _behind(self) -> Trial:
        """What went before it on its connection may have spoilt that."""
        certification, before = self._certification, cast("Case", self._before)
        first, second = certification.courier.deliver_in_turn([_errand(before), _errand(self._case)])
        settler = Settler(certification.courier, certification.judge, certification.requirements)
        result = settler.judged(self._case, second)
        says = f"after a request of {before.id} on one connection: {second.answer.says}"
        found = _by_requirement([*result.judgements, *result.observations])
        return Trial((first.exchange, second.exchange), found, says)

    @cached_property
    def _next_request(self) -> Trial:
        courier = self._certification.courier
        control = courier.control(self._case.operation, self._case.id)
        bad, after = courier.deliver_in_turn([_errand(self._case), control])
        blocked = "" if after.accepted or spoilt(after) else f"a control alone was not accepted: {after.answer.says}"
        observed = after.answer.says if spoilt(after) else None
        found = [
            Judgement(id, finding.expected, observed, after.exchange)
            for id, finding in self._findings.items()
            if self._is_rule("recovers", id)
        ]
        over = "the same connection" if after.exchange.nth else "a fresh connection, since the target closed the first"
        says = f"the control after it, over {over}: {after.answer.says}"
        return Trial((bad.exchange, after.exchange), _by_requirement(found), says, blocked)

    @property
    def _among_others(self) -> Trial:
        """A valid request may have been refused for what went before it; what others of the group show is not asked."""
        told, says, blocked = self._round
        control = self._case.id.endswith(_CONTROL)
        own = [one for one in told if one.exchange.case == self._case.id or (control and _is_control(one.exchange))]
        return self._of_group(own, says, blocked)

    @property
    def _group(self) -> Trial:
        return self._of_group(*self._round)

    def _of_group(self, told: list[Judgement], says: str, blocked: str) -> Trial:
        judgements = _by_requirement(told)
        shown = tuple(judgements[id].exchange for id in self._findings if id in judgements)
        return Trial(shown, judgements, says, blocked)

    @cached_property
    def _round(self) -> tuple[list[Judgement], str, str]:
        """What the cases of the group say, and the controls around them; in words; and why they say nothing."""
        certification, operation = self._certification, self._case.operation
        # Latency is judged in the last group; the control that its finding names may have ended the one before.
        slow = any(self._is_rule("latency", id) for id in self._findings)
        group = "robustness" if slow else self._case.group
        found = [one for one in certification.cases if (one.operation, one.group) == (operation, group)]
        # Valid ones last: what bad requests do to them is the question.
        cases = sorted(found, key=lambda case: case.change.legal)
        certification.plan(cases)
        run = certification.group(group)
        told = [judgement for case in cases for judgement in run.result(case).judgements]
        round = run.closed(operation)
        round.judge_latency()
        told += [one for seen in round.observed.values() for one in (seen.breach, seen.met) if one]
        return told, f"with the {len(cases)} requests of the group {group}, without its fuzzed bodies", round.blocked

    @cached_property
    def _flow(self) -> Trial:
        (id,) = filter(self._is_of_a_flow, self._findings)
        case = self._case
        result = run_flow(id, case.id, case.group, case.operation, self._certification)
        exchanges = tuple(delivery.exchange for delivery in result.deliveries)
        says = f"a flow of {len(exchanges)} requests"
        return Trial(exchanges, _by_requirement(result.judgements), says, result.blocked)


def _errand(case: Case) -> Errand:
    return Errand(case.operation, case.change, case.id)


def _is_control(exchange: Exchange) -> bool:
    return exchange.case.endswith(_CONTROL)


def _by_requirement(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """By requirement: the first that was not met, or one that was."""
    found: dict[str, Judgement] = {}
    for one in judgements:
        if one.requirement not in found or (found[one.requirement].met and not one.met):
            found[one.requirement] = one
    return found
