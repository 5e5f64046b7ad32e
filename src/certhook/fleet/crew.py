"""Who makes the runs: processes of this machine, or the workers of a cluster, behind one interface."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol

from certhook.errors import UsageError
from certhook.fleet.operator import Operator
from certhook.fleet.standing import OperatorResult


class CrewGone(UsageError):
    """Nobody is left to make runs, which ends the night."""


class Crew(Protocol):
    """Takes runs, and brings them home."""

    @property
    def width(self) -> int:
        """How many runs it can be given at once."""

    def submit(self, operator: Operator) -> Future[Any]:
        """Begin an operator's run, now or when there is room."""

    def brought_home(self, operator: Operator, future: Future[Any]) -> OperatorResult:
        """How a run ended whose future is done; its files are then in the operator's folder here.

        Raises RunLost where its process or machine is gone, and CrewGone.
        """

    def close(self) -> None:
        """Let go. Runs that are under way on this machine are stopped; those on another end there, and do not count."""
