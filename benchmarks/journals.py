"""What a run's journal says of its speed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from certhook.recording.journal import read_journal


@dataclass(frozen=True, slots=True)
class Flight:
    """An exchange: its case, the connection that it went over, and when, in seconds since 1970."""

    case: str
    lane: int
    started: float
    ended: float


@dataclass(frozen=True, slots=True)
class Phase:
    """The exchanges of one fuzzed operation."""

    requests: int
    started: float
    ended: float


def flights(journal: Path) -> list[Flight]:
    """All exchanges of a run, by their beginning.

    The journal's times are cut to the millisecond, which is as long as an exchange on loopback takes. Two exchanges on
    one connection never overlap, so what seems to begin before the one before it ended is moved to that end.
    """
    found: list[Flight] = []
    free: dict[int, float] = {}
    for line in sorted(read_journal(journal, "exchange"), key=lambda line: (line["started"], line["number"])):
        lane = int(line["lane"])
        started = max(datetime.fromisoformat(line["started"]).timestamp(), free.get(lane, 0.0))
        free[lane] = started + line["elapsed_ms"] / 1000
        found.append(Flight(line["case"], lane, started, free[lane]))
    return found


def in_flight_s(flights: Iterable[Flight]) -> float:
    """For how many seconds at least one exchange was in flight."""
    total = covered = 0.0
    for one in sorted(flights, key=lambda one: one.started):
        total += max(0.0, one.ended - max(one.started, covered))
        covered = max(covered, one.ended)
    return total


def fuzzing(flights: Iterable[Flight]) -> list[Phase]:
    """The fuzzing of each operation, in the order in which they came."""
    by_case: dict[str, list[Flight]] = {}
    for one in flights:
        if one.case.endswith(".fuzzed"):
            by_case.setdefault(one.case, []).append(one)
    return [
        Phase(len(each), min(one.started for one in each), max(one.ended for one in each)) for each in by_case.values()
    ]


def rate(phases: Iterable[Phase]) -> float:
    """Requests per second over all phases."""
    phases = list(phases)
    return sum(one.requests for one in phases) / sum(one.ended - one.started for one in phases)
