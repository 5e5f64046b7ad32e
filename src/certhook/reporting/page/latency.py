"""Response times as a histogram.

Its axis is logarithmic, since the slowest answer may take a thousand times as long as the fastest, and its bins are the
same in every run, so that two pages can be held side by side.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from certhook.reporting.page.model import Bar, Histogram, Tick

WIDTH = 640
"""Of the drawing; its bars stand on 0 and are 100 high at most."""

_HEIGHT = 100
_BINS_PER_DECADE = 20
_SHORTEST_MS, _LONGEST_MS = 0.01, 1e6
_ROUND = [digit * 10.0**power for power in range(-2, 7) for digit in (1, 2, 5)]
_MOST_TICKS = 12


class Timings:
    """The exchanges of one operation: answered ones by how long they took, and how many were not answered."""

    def __init__(self) -> None:
        self.unanswered = 0
        self._bins: Counter[int] = Counter()

    @property
    def answered(self) -> int:
        return self._bins.total()

    def add(self, record: Mapping[str, Any]) -> None:
        """Count an exchange's line of the journal."""
        if record["response"] is None:
            self.unanswered += 1
        else:
            elapsed = min(max(record["elapsed_ms"], _SHORTEST_MS), _LONGEST_MS)
            self._bins[math.floor(math.log10(elapsed) * _BINS_PER_DECADE)] += 1

    def histogram(self, marks: Mapping[str, float]) -> Histogram | None:
        """The drawing, with a mark at each of those milliseconds; None where nothing was answered."""
        if not self._bins:
            return None
        axis = _Axis(_edge(min(self._bins)), _edge(max(self._bins) + 1))
        return Histogram(
            tuple(self._bars(axis)),
            tuple(axis.ticks()),
            tuple(Tick(axis.x(value), name) for name, value in marks.items()),
        )

    def _bars(self, axis: _Axis) -> Iterator[Bar]:
        highest = max(self._bins.values())
        for place, count in sorted(self._bins.items()):
            left, right = axis.x(_edge(place)), axis.x(_edge(place + 1))
            yield Bar(left, round(right - left, 1), round(_HEIGHT * count / highest, 1))


class _Axis:
    """From the last round number before the lowest edge of a bin to the first behind the highest."""

    def __init__(self, lowest: float, highest: float) -> None:
        self._low = max(value for value in _ROUND if value <= lowest or value == _ROUND[0])
        self._high = min(value for value in _ROUND if value >= highest or value == _ROUND[-1])

    def x(self, elapsed_ms: float) -> float:
        """Where on the axis that many milliseconds are; what does not fit on it is at its nearer end."""
        within = min(max(elapsed_ms, self._low), self._high)
        return round(WIDTH * math.log(within / self._low) / math.log(self._high / self._low), 1)

    def ticks(self) -> Iterator[Tick]:
        shown = [value for value in _ROUND if self._low <= value <= self._high]
        if len(shown) > _MOST_TICKS:
            shown = shown[:: len(shown) // _MOST_TICKS + 1]
        for value in shown:
            yield Tick(self.x(value), f"{value / 1000:g} s" if value >= 1000 else f"{value:g} ms")


def _edge(place: int) -> float:
    return float(10 ** (place / _BINS_PER_DECADE))


def in_milliseconds(value: float) -> str:
    """A time as people read it, to about three digits.

    >>> in_milliseconds(1.3571), in_milliseconds(24.04), in_milliseconds(1234.5)
    ('1.36 ms', '24.0 ms', '1,234 ms')
    """
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f} ms"
