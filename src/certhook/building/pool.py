"""Test data that a success uses up: a list in the profile, drawn from in turn.

    draw -> send -> used up (a success, or no answer that says otherwise), or given back (a refusal)

What is drawn belongs to one request until its answer is known, so that no two requests in flight share a value and a
refusal can never be that of a value used up by somebody else. Each worker process of a run has a share of its own.
Where the target takes a value again after all, none is ever used up.
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
    """The values of one place in the profile that a worker may use, in their order. For several threads at once.

    `spent` are those that were used up before.
    """

    def __init__(self, place: str, values: Iterable[Any], spent: Iterable[Any] = ()) -> None:
        self._place = place
        self._free = deque(values)
        self._spent = list(spent)
        self._reusable = False
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
            if not used:
                self._free.appendleft(value)
            else:
                self.used += 1
                (self._free if self._reusable else self._spent).append(value)
            self._changed.notify_all()

    @property
    def last_spent(self) -> Any:
        """A value that was used up, the last one; None where there is none."""
        return self._spent[-1] if self._spent else None

    def reuse(self) -> None:
        """Have used values drawn again, in turn."""
        with self._changed:
            self._reusable = True
            self._free.extend(self._spent)
            self._spent.clear()
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
        pools = {}
        for place in sorted(places):
            values, gone = profile.value(place) or (), used.get(place, 0)
            if len(values) > 1:
                pools[place] = Pool(place, values[gone:][worker::workers], values[:gone])
        return cls(pools)

    @contextmanager
    def lend(self, operation: Operation) -> Iterator[Loan]:
        """A value of every pool that a request of the operation draws from. Raises Exhausted."""
        with ExitStack() as returns:
            loan, values = Loan(), {}
            for place, pool in self._of(operation).items():
                value = values[place] = pool.draw()
                returns.callback(_end, loan, pool, value)
            loan.values = values
            yield loan

    def draws_for(self, operation: Operation) -> bool:
        """Whether requests of the operation carry a value of some list."""
        return bool(self._of(operation))

    def last_spent(self, operation: Operation) -> dict[str, Any]:
        """A value of each list that the operation draws from which was used up; none where some list has none."""
        spent = {place: pool.last_spent for place, pool in self._of(operation).items()}
        return spent if None not in spent.values() else {}

    def reuse(self, operation: Operation) -> None:
        """Have used values of the operation's lists drawn again, in turn."""
        for pool in self._of(operation).values():
            pool.reuse()

    def pass_over(self, operation: Operation) -> bool:
        """Leave out the next value of each list that the operation draws from: somebody else has used it up.

        False where it draws from none. Raises Exhausted.
        """
        with self.lend(operation) as loan:  # what is not given back counts as used
            return bool(loan.values)

    def _of(self, operation: Operation) -> dict[str, Pool]:
        # In one order for all operations: two that each waited for the other's pool would wait for ever.
        return {place: self._pools[place] for place in sorted(pool_places(operation)) if place in self._pools}

    @property
    def used(self) -> dict[str, int]:
        """How many values of each list were used up."""
        return {place: pool.used for place, pool in self._pools.items()}


def _end(loan: Loan, pool: Pool, value: Any) -> None:
    pool.give_back(value, used=loan.used)


def pool_places(operation: Operation) -> tuple[str, ...]:
    """The places in the profile whose lists the operation's requests draw from: `x-pool` in its schema."""
    return tuple(part["x-pool"] for part in leaves(operation.request).values() if "x-pool" in part)
