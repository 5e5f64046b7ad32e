"""Whole runs of certhook, measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.commands import Measured, certhook, measured, scratch
from benchmarks.journals import Flight, flights, in_flight_s


@dataclass(frozen=True, slots=True)
class Run:
    """A run from its command to its end: what was measured from outside, requests, and seconds with one in flight."""

    measured: Measured
    requests: int
    in_flight_s: float
    flights: tuple[Flight, ...] = ()

    @property
    def wall_s(self) -> float:
        return self.measured.wall_s

    @property
    def rate(self) -> float:
        """Requests per second of wall time, start-up and reports included."""
        return self.requests / self.wall_s

    @property
    def outside(self) -> float:
        """The share of the wall time in which no exchange was in flight."""
        return 1 - self.in_flight_s / self.wall_s

    @property
    def first_request_s(self) -> float:
        """Seconds from the start of the process to its first request."""
        return self.flights[0].started - self.measured.began


def embedded_run(protocol: str, *words: str) -> Run:
    """`certhook run PROTOCOL --embedded`, with more options. Raises Unusable where it does not certify."""
    return _run(protocol, "--embedded", *words)


def run_against(protocol: str, url: str, profile: Path, *words: str) -> Run:
    """A run against a target that is there already."""
    return _run(protocol, "--target", url, "--profile", str(profile), *words)


def _run(protocol: str, *words: str) -> Run:
    folder = scratch()
    output = folder / "output"
    run = measured(certhook("run", protocol, *words, "--output", str(output)), folder)
    found = tuple(flights(output / "journal.ndjson"))
    return Run(run, len(found), in_flight_s(found), found)
