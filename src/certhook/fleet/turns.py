"""Whose turn it is: starts are spread over the night's first seconds, and no host is asked by two runs at once."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from random import Random

from certhook.fleet.operator import Operator


class Turns:
    """Operators that wait. Those of one host follow one another; within `jitter_s` seconds all become due.

    Same seed, same names: same order, and the same moments.
    """

    def __init__(self, operators: Iterable[Operator], *, jitter_s: float, seed: int) -> None:
        self._waiting: dict[str, list[tuple[float, Operator]]] = {}
        for operator in operators:
            due_s = Random(f"{seed} {operator.name}").random() * jitter_s  # noqa: S311 - to be the same again
            self._waiting.setdefault(operator.host, []).append((due_s, operator))
        for queue in self._waiting.values():
            queue.sort(key=lambda waiting: waiting[0], reverse=True)
        self._free = [(queue[-1][0], host) for host, queue in self._waiting.items()]
        heapq.heapify(self._free)

    def take(self, elapsed_s: float) -> Operator | None:
        """The next operator that is due and whose host is free; the host is taken until `left`, or `back`."""
        if not self._free or self._free[0][0] > elapsed_s:
            return None
        _, host = heapq.heappop(self._free)
        return self._waiting[host].pop()[1]

    def next_due_s(self) -> float | None:
        """When the next operator with a free host is due; None where nobody waits but for a host."""
        return self._free[0][0] if self._free else None

    def back(self, operator: Operator) -> None:
        """The operator's run was lost: it is the next one of its host."""
        self._waiting[operator.host].append((0.0, operator))
        self.left(operator)

    def left(self, operator: Operator) -> None:
        """The operator's host is free again."""
        queue = self._waiting[operator.host]
        if queue:
            heapq.heappush(self._free, (queue[-1][0], operator.host))
