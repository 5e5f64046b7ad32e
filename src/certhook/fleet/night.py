"""A night: every operator's run once, several at once, each where there is room and its host is free."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import UTC, datetime
from typing import Any, Protocol

from certhook.fleet.crew import Crew, CrewGone
from certhook.fleet.operator import Operator
from certhook.fleet.operator_run import RunLost, not_run
from certhook.fleet.standing import OperatorResult
from certhook.fleet.turns import Turns


class Watcher(Protocol):
    """Is told what happens."""

    def began(self, operator: Operator) -> None:
        """The operator's run was given to the crew."""

    def lost(self, operator: Operator, why: str) -> None:
        """The run is gone with its process or machine, and will be tried again."""

    def ended(self, ended: OperatorResult) -> None:
        """The operator's run has ended."""


class Night:
    """Gives turns to a crew until every operator has had one; a lost run is tried again `retries` times."""

    def __init__(self, turns: Turns, crew: Crew, watchers: Iterable[Watcher], *, retries: int) -> None:
        self._turns = turns
        self._crew = crew
        self._watchers = tuple(watchers)
        self._retries = retries
        self._losses: Counter[str] = Counter()
        self._under_way: dict[Future[Any], Operator] = {}
        self._began = time.monotonic()

    def run(self) -> None:
        """Returns when all have ended. Raises CrewGone."""
        while True:
            self._give_turns()
            due = self._turns.next_due_s()
            if not self._under_way and due is None:
                return
            self._wait(due)

    def _give_turns(self) -> None:
        room = self._crew.width - len(self._under_way)
        while room > 0 and (operator := self._turns.take(self._elapsed_s())) is not None:
            self._under_way[self._crew.submit(operator)] = operator
            room -= 1
            for watcher in self._watchers:
                watcher.began(operator)

    def _wait(self, due_s: float | None) -> None:
        """Until a run ends, or there is room for one that becomes due."""
        full = len(self._under_way) >= self._crew.width
        patience = None if due_s is None or full else max(0.0, due_s - self._elapsed_s())
        if not self._under_way:
            time.sleep(patience or 0.0)
            return
        done, _ = wait(self._under_way, patience, FIRST_COMPLETED)
        for future in done:
            self._take(self._under_way.pop(future), future)

    def _take(self, operator: Operator, future: Future[Any]) -> None:
        try:
            ended = self._crew.brought_home(operator, future)
        except CrewGone:
            raise
        except RunLost as error:
            self._lose(operator, str(error))
            return
        except Exception as error:  # noqa: BLE001 - whatever befalls one operator, the others have their night
            ended = not_run(operator, f"{type(error).__name__}: {error}", datetime.now(UTC))
        self._end(operator, ended)

    def _lose(self, operator: Operator, why: str) -> None:
        self._losses[operator.name] += 1
        if self._losses[operator.name] > self._retries:
            why = f"lost {self._losses[operator.name]} times: {why}"
            self._end(operator, not_run(operator, why, datetime.now(UTC)))
            return
        for watcher in self._watchers:
            watcher.lost(operator, why)
        self._turns.back(operator)

    def _end(self, operator: Operator, ended: OperatorResult) -> None:
        self._turns.left(operator)
        for watcher in self._watchers:
            watcher.ended(ended)

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._began
