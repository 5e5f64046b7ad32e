"""Test data that a success uses up: a list in the profile, drawn from in turn.

    draw -> send -> used up (a success, or no answer that says otherwise), or given back (a refusal)

What is drawn belongs to one request until its answer is known, so that no two requests in flight share a value and a
refusal can never be that of a value used up by somebody else. Each worker process of a run has a share of its own.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from certhook.pack.dotted import leaves
from certhook.pack.model import Operation, Pack
from certhook.profile.profile import Profile


class Exhausted(Exception):
    """Nothing could be sent, because a pool is empty. The message says which, in a sentence for reports."""


class Pool:
    """The values of one place in the profile that a worker may use, in their order. For several threads at once."""

    def __init__(self, place: str, values: Iterable[Any]) -> None:
        self._place = place
        self._free = deque(values)
        self._lent = 0
        self._changed = threading.Condition()
        self.used = 0

    def draw(self) -> Any:
        """The next value. Waits while all that is left is lent out; raises Exhausted when nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._free or not self._lent)
            if not self._free:
                raise Exhausted(
                    f"{self._place} is used up: each success takes a value of it for good, and this worker had "
                    f"{self.used}; give more values in the profile, or run fewer workers"
                )
            self._lent += 1
            return self._free.popleft()

    def give_back(self, value: Any, *, used: bool) -> None:
        """End a loan; a value that was not used up is the next to be drawn."""
        with self._changed:
            self._lent -= 1
            if used:
                self.used += 1
            else:
                self._free.appendleft(value)
            self._changed.notify_all()


@dataclass(slots=True)
class Loan:
    """What one request has drawn, by place in the profile. `used` holds until an answer says otherwise."""

    values: Mapping[str, Any] = field(default_factory=dict)
    used: bool = True


class Stock:
    """All pools of one worker."""

    def __init__(self, pools: Mapping[str, Pool]) -> None:
        self._pools = pools

    @classmethod
    def of(cls, pack: Pack, profile: Profile, used: Mapping[str, int], worker: int = 0, workers: int = 1) -> Stock:
        """The share of one of `workers`, behind the first values of each list that are `used` up already."""
        places = {place for operation in pack.operations for place in pool_places(operation)}
        return cls(
            {
                place: Pool(place, values[used.get(place, 0) :][worker::workers])
                for place in sorted(places)
                if len(values := profile.value(place) or ()) > 1
            }
        )

    @contextmanager
    def lend(self, operation: Operation) -> Iterator[Loan]:
        """A value of every pool that a request of the operation draws from. Raises Exhausted."""
        with ExitStack() as returns:
            loan, values = Loan(), {}
            for place in pool_places(operation):
                if place in self._pools:
                    pool = self._pools[place]
                    value = values[place] = pool.draw()
                    returns.callback(_end, loan, pool, value)
            loan.values = values
            yield loan

    def draws_for(self, operation: Operation) -> bool:
        """Whether requests of the operation carry a value of some list."""
        return any(place in self._pools for place in pool_places(operation))

    def pass_over(self, operation: Operation) -> bool:
        """Leave out the next value of each list that the operation draws from: somebody else has used it up.

        False where it draws from none. Raises Exhausted.
        """
        with self.lend(operation) as loan:  # what is not given back counts as used
            return bool(loan.values)

    @property
    def used(self) -> dict[str, int]:
        """How many values of each list were used up."""
        return {place: pool.used for place, pool in self._pools.items()}


def _end(loan: Loan, pool: Pool, value: Any) -> None:
    pool.give_back(value, used=loan.used)


def pool_places(operation: Operation) -> tuple[str, ...]:
    """The places in the profile whose lists the operation's requests draw from: `x-pool` in its schema."""
    return tuple(part["x-pool"] for part in leaves(operation.request).values() if "x-pool" in part)
