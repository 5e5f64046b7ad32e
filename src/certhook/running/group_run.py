"""Sends the rounds of one group: their requests are in flight together, whichever operation they are on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from certhook.building.change import Change
from certhook.pack.model import Operation
from certhook.running.cases import Case
from certhook.running.rounds import Round
from certhook.running.settling import CaseResult, goes_twice
from certhook.running.worker_state import WorkerState
from certhook.sending.courier import Courier, Delivery, Errand

SPOILING = ("malformed", "robustness")
"""Groups among whose requests a control goes over every connection: what went over it last may have spoilt it."""

FOLLOWED = ("methods",)
"""Groups each of whose requests has a connection of its own and, if it has a body, a control right behind it.

A server that knows no other method may leave the body of one unread: its beginning is then that of the very next
request, and in the answer to that, which is a refusal whatever it was, all traces of it end.
"""


class GroupRun:
    """A group on all operations. Its cases are sent when the first result is asked for."""

    def __init__(self, group: str, rounds: Iterable[Round], *, courier: Courier, state: WorkerState) -> None:
        self._spoiling = group in SPOILING
        self._followed = group in FOLLOWED
        self._rounds = {one.operation.name: one for one in rounds}
        self._courier = courier
        self._state = state
        self._results: dict[str, CaseResult] | None = None

    def round(self, operation: Operation) -> Round:
        """The round on an operation, as far as it has come."""
        return self._rounds[operation.name]

    def opened(self, operation: Operation) -> Round:
        """The round on an operation, after its opening control; all that have cases are opened with it."""
        asked = self.round(operation)
        if not asked.begun and not self._state.stopped:
            self._open([one for one in self._rounds.values() if not one.begun and (one.cases or one is asked)])
        return asked

    def result(self, case: Case) -> CaseResult:
        """What a case came to."""
        round = self.opened(case.operation)
        if self._results is None:
            self._results = {}
            self._run(self._results)
        return self._results.get(case.id) or CaseResult(blocked=round.blocked or "it was not sent")

    def closed(self, operation: Operation) -> Round:
        """The round on an operation, after its closing control; all that were opened are closed with it."""
        asked = self.opened(operation)
        ending = [one for one in self._rounds.values() if one.begun and not one.ended and not one.blocked]
        for one in ending:
            if one.last_control is not None:
                one.end(one.last_control)
        for one, control in self._controls("closing", [one for one in ending if not one.ended]):
            one.end(control)
        return asked

    @property
    def batch_size(self) -> int:
        """How many requests go out together."""
        return self._courier.width * self._state.per_lane

    def deliver(self, case: Case, changes: Iterable[Change]) -> list[Delivery]:
        """Send several changes at once in the name of a case, to be settled one by one.

        An empty list where the round on its operation is blocked before or by then.
        """
        with self._state.while_supplied():
            return self._delivered(Errand(case.operation, change, case.id) for change in changes)
        return []

    # ------------------------------------------------------------------ the parts

    def _open(self, rounds: list[Round]) -> None:
        # The control between two rounds of an operation is the end of one and the beginning of the other.
        before = self._state.take_closing()
        for one in rounds:
            if one.operation.name in before:
                one.begin(before[one.operation.name])
        for one, control in self._controls("opening", [one for one in rounds if not one.begun]):
            one.begin(control)

    def _run(self, results: dict[str, CaseResult]) -> None:
        for one in self._rounds.values():
            if one.blocked:
                results.update(one.results_of_opening())
        waiting = [case for one in self._rounds.values() for case in one.cases]
        while waiting := [case for case in waiting if not self.round(case.operation).blocked]:
            size = self.batch_size
            batch, waiting = waiting[:size], waiting[size:]
            with self._state.while_supplied():
                self._run_batch(batch, results)

    def _run_batch(self, batch: list[Case], results: dict[str, CaseResult]) -> None:
        errands = [Errand(case.operation, case.change, case.id) for case in batch]
        if self._followed:
            deliveries = self._delivered_apart(errands)
        else:
            deliveries = self._delivered(errands)
            spoiling = self._spoiling and not all(case.change.legal for case in batch)
            self._check(self._over_each_lane() if spoiling else [], after_all=True)
        seconds = self._second_answers(batch, deliveries)
        for case, delivery in zip(batch, deliveries, strict=True):
            round = self.round(case.operation)
            if round.gone:
                return  # what did not come any more is nobody's fault, and cannot be asked for again
            results[case.id] = round.settle(case, delivery, seconds.get(case.id))

    def _second_answers(self, batch: list[Case], deliveries: list[Delivery]) -> dict[str, Delivery]:
        """The answers, by case, to those that are sent twice, when all of them are sent again."""
        twice = [first.errand for case, first in zip(batch, deliveries, strict=True) if goes_twice(case, first)]
        return {one.errand.case: one for one in self._delivered(twice)} if twice else {}

    def _delivered(self, errands: Iterable[Errand]) -> list[Delivery]:
        deliveries = self._courier.deliver_all(errands)
        self._state.answered(deliveries)
        return deliveries

    def _delivered_apart(self, errands: Iterable[Errand]) -> list[Delivery]:
        """Send each over a connection of its own, with a control behind it where it has a body."""
        pairs = [(one, self.round(one.operation).control("lane")) for one in errands]
        delivered = self._courier.deliver_followed(pairs)
        deliveries = [first for first, _ in delivered]
        self._state.answered(deliveries)
        self._check([control for _, control in delivered if control is not None], after_all=False)
        return deliveries

    def _check(self, controls: list[Delivery], *, after_all: bool) -> None:
        for one in self._rounds.values():
            one.check_lanes(controls, after_all=after_all)

    def _over_each_lane(self) -> list[Delivery]:
        """Controls over every connection, on one operation after the other."""
        usable = [one for one in self._rounds.values() if one.begun and not one.blocked]
        return self._courier.deliver_over_each_lane([one.control("lane") for one in usable])

    def _controls(self, which: str, rounds: list[Round]) -> Iterator[tuple[Round, Delivery]]:
        """Send the rounds' controls at once, each over a fresh connection, and again where one was not accepted."""
        with self._state.while_supplied():
            sent = self._courier.deliver_apart([one.control(which) for one in rounds])
            for one, first in zip(rounds, sent, strict=True):
                yield one, one.checked(first, closing=which == "closing")
