"""How a night gives turns to a crew, whatever befalls a run. The crew's runs are functions of the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from certhook.fleet.crew import CrewGone
from certhook.fleet.night import Night
from certhook.fleet.operator import Operator
from certhook.fleet.operator_run import RunLost
from certhook.fleet.standing import OperatorResult, Standing
from certhook.fleet.turns import Turns
from tests.fleet.fleets import ended, operator


class Threads:
    """A crew whose runs are calls of a function, two at once."""

    width = 2

    def __init__(self, run: Callable[[str], OperatorResult], threads: ThreadPoolExecutor) -> None:
        self._run = run
        self._threads = threads

    def submit(self, operator: Operator) -> Future[OperatorResult]:
        return self._threads.submit(self._run, operator.name)

    def brought_home(self, operator: Operator, future: Future[OperatorResult]) -> OperatorResult:  # noqa: ARG002 - as a crew does
        return future.result()

    def close(self) -> None:
        """Nothing to let go of."""


class Diary:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.all: dict[str, OperatorResult] = {}

    def began(self, operator: Operator) -> None:
        self.told.append(f"{operator.name} began")

    def lost(self, operator: Operator, why: str) -> None:
        self.told.append(f"{operator.name} lost: {why}")

    def ended(self, ended: OperatorResult) -> None:
        self.told.append(f"{ended.operator} ended")
        assert ended.operator not in self.all
        self.all[ended.operator] = ended


@contextmanager
def night(run: Callable[[str], OperatorResult], diary: Diary, jitter_s: float = 0) -> Iterator[Night]:
    """A night of three operators, a, b and c, each at a host of its own, with one try after a loss."""
    turns = Turns([operator(name, f"http://{name}.example") for name in "abc"], jitter_s=jitter_s, seed=0)
    with ThreadPoolExecutor(2) as threads:
        yield Night(turns, Threads(run, threads), [diary], retries=1)


@pytest.mark.parametrize("losses", [0, 1, 2])
def test_a_lost_run_is_tried_again_and_then_given_up(losses: int) -> None:
    """Within the retries it is as if nothing had happened; beyond them the operator has no run. The others have."""
    lost: list[str] = []

    def run(name: str) -> OperatorResult:
        if name == "b" and len(lost) < losses:
            lost.append(name)
            raise RunLost("out of memory")
        return ended(name)

    diary = Diary()
    with night(run, diary) as found:
        found.run()
    assert diary.all.keys() == {"a", "b", "c"}
    assert diary.told.count("b lost: out of memory") == min(losses, 1)
    given_up = losses > 1
    assert diary.all["b"].standing is (Standing.NOT_RUN if given_up else Standing.CERTIFIED)
    assert diary.all["b"].why == ("lost 2 times: out of memory" if given_up else "")


def test_a_mishap_of_one_is_not_that_of_the_others() -> None:
    """Whatever else a run ends with, its operator has no run, with a reason of one visible line."""

    def run(name: str) -> OperatorResult:
        if name == "a":
            raise OSError(28, "No space\nleft")
        return ended(name)

    diary = Diary()
    with night(run, diary) as found:
        found.run()
    assert {name: one.standing.value for name, one in diary.all.items()} == {
        "a": "not-run",
        "b": "certified",
        "c": "certified",
    }
    assert diary.all["a"].why == "OSError: [Errno 28] No space\\nleft"


def test_a_night_without_a_crew_is_over() -> None:
    """What says that the crew itself is gone ends the night."""

    def run(name: str) -> OperatorResult:
        raise CrewGone(f"the crew is gone, says {name}")

    with night(run, Diary()) as found, pytest.raises(CrewGone, match="the crew is gone"):
        found.run()


def test_nobody_begins_before_the_own_moment() -> None:
    """While one run takes its time, the others begin when they are due, and not only when that one ends."""
    others = threading.Semaphore(0)
    first: list[str] = []

    def run(name: str) -> OperatorResult:
        first.append(name)
        if name == first[0]:
            assert others.acquire(timeout=30)
            assert others.acquire(timeout=30)
        else:
            others.release()
        return ended(name)

    diary = Diary()
    with night(run, diary, jitter_s=0.2) as found:
        found.run()
    end = diary.told.index(f"{first[0]} ended")
    assert all(diary.told.index(f"{name} began") < end for name in diary.all)
    assert {one.standing for one in diary.all.values()} == {Standing.CERTIFIED}
