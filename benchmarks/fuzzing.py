"""The fuzzing phase beside a raw loop that sends the same bytes to the same target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.commands import Unusable, scratch
from benchmarks.journals import Phase, fuzzing, in_flight_s, rate
from benchmarks.raw import raw_rate
from benchmarks.recorded import Recorded, Seen, recorded
from benchmarks.rows import Row, at_least
from benchmarks.runs import run_against
from benchmarks.scale import FUZZING_OVER_RAW, Scale
from certhook.profile.tomltext import as_toml
from certhook.reference import catalogue

CLOCK_S = 0.001
"""The journal's times are cut to the millisecond."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A deep run's fuzzing and the raw loop right after it, both in requests per second."""

    fuzzed: float
    raw: float
    requests: int
    outside: float

    @property
    def ratio(self) -> float:
        return self.fuzzed / self.raw


def fuzzing_over_raw(protocol: str, scale: Scale) -> Iterator[Row]:
    """Rows on the fuzzing phase. Raises Unusable."""
    with recorded(protocol) as target:
        turns = [_turn(protocol, target, scale) for _ in range(scale.rounds)]
    fuzzed, raw = median(turn.fuzzed for turn in turns), median(turn.raw for turn in turns)
    ratios = [turn.ratio for turn in turns]
    requests = median(turn.requests for turn in turns)
    details = f"{min(ratios):.2f} to {max(ratios):.2f}; {requests:.0f} requests, {fuzzed:.0f} over {raw:.0f} requests/s"
    what = f"{protocol}: fuzzing, requests/s over a raw httpx loop's with the same bytes"
    yield at_least(what, median(ratios), FUZZING_OVER_RAW, details)
    outside = median(turn.outside for turn in turns)
    yield Row(f"{protocol}: share of the fuzzing phase outside HTTP", f"{outside:.0%}")


def _turn(protocol: str, target: Recorded, scale: Scale) -> Turn:
    target.seen()
    profile = scratch() / "profile.toml"
    profile.write_text(as_toml(catalogue.profile(protocol, target.url)), encoding="utf-8")
    run = run_against(protocol, target.url, profile, "--max-examples", str(scale.deep))
    phases = fuzzing(run.flights)
    same = _during(target.seen(), phases)
    if not same:
        raise Unusable(f"{protocol}: nothing was fuzzed")
    spans = sum(one.ended - one.started for one in phases)
    covered = in_flight_s(one for one in run.flights if one.case.endswith(".fuzzed"))
    requests = sum(one.requests for one in phases)
    return Turn(rate(phases), raw_rate(target.url, same, scale.raw_requests), requests, 1 - covered / spans)


def _during(seen: Iterable[Seen], phases: Sequence[Phase]) -> list[Seen]:
    """What arrived while fuzzed bodies were sent; nothing else is sent meanwhile."""
    return [one for one in seen if any(phase.started <= one.at <= phase.ended + CLOCK_S for phase in phases)]
