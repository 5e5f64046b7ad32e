"""How much is measured, and what is to be reached."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_EXAMPLES = 60


@dataclass(frozen=True, slots=True)
class Scale:
    """How often each thing is done, in `rounds`; `deep` and `night` are fuzzed bodies per operation.

    `latency_ms` is that of a target on the other side of the world.
    """

    rounds: int = 5
    deep: int = 1_000
    night: int = 2_000
    latency_ms: int = 100
    raw_requests: int = 2_000


QUICK = Scale(rounds=1, deep=2 * DEFAULT_EXAMPLES, night=3 * DEFAULT_EXAMPLES, latency_ms=5, raw_requests=100)

FUZZING_OVER_RAW = 0.5
OVER_PEER = 5.0
DEEP_OVER_PEER = 8.0
HELP_S = 0.15
FIRST_REQUEST_S = 1.2
PEAK_MB = 200.0
GROWTH_KB = 0.5
"""Peak memory per further request, in KB, that still counts as none: below it a list of numbers would stay."""
WITH_LATENCY_S = {"klas": 10.0, "fargames": 20.0}
