"""What the rounds of a worker hand on to those after them: that the target is gone, its last controls, and its pace."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from certhook.building.pool import Exhausted
from certhook.exchange import Failure
from certhook.sending.courier import Delivery

FEWEST_PER_LANE, MOST_PER_LANE = 4, 16
"""Cases per connection that go out together: twice as many after each batch in which every case was answered."""


@dataclass(slots=True)
class WorkerState:
    """One per protocol and worker.

    `stopped` says why nothing more is sent; `closing` are the accepted controls that ended the last group, by
    operation; `per_lane` is how many cases go out at once, over each connection.
    """

    stopped: str = ""
    closing: dict[str, Delivery] = field(default_factory=dict)
    per_lane: int = FEWEST_PER_LANE

    def answered(self, deliveries: Iterable[Delivery]) -> None:
        """Take account of a batch: a target that stops answering costs one batch of time-outs, so it must be small."""
        failed = any(isinstance(one.exchange.answer, Failure) for one in deliveries)
        self.per_lane = FEWEST_PER_LANE if failed else min(2 * self.per_lane, MOST_PER_LANE)

    def take_closing(self) -> dict[str, Delivery]:
        """The controls that ended the group before, by operation: they serve but once."""
        closing, self.closing = self.closing, {}
        return closing

    def while_supplied(self) -> WhileSupplied:
        """For what is sent within: test data that is used up ends it, and blocks all that would come after it."""
        return WhileSupplied(self)


class WhileSupplied(AbstractContextManager[None]):
    """Stops the worker's requests, rather than the program, where test data is used up."""

    def __init__(self, state: WorkerState) -> None:
        self._state = state

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        if isinstance(error, Exhausted):
            self._state.stopped = str(error)
        return isinstance(error, Exhausted)
