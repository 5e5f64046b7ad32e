"""Sums that are kept while a journal is read: of the cases of one requirement, and of response times."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from certhook.values import Outcome

UNFINISHED = "not finished when the run ended"
"""What the reason begins with where cases were planned and not sent."""

FINDINGS_SHOWN = 5


@dataclass
class Tally:
    """What the cases of one requirement came to: the first reason for each outcome, and a few findings.

    The first ones, unless they are all about a few parameters: several of one make room for one of another.
    """

    reasons: dict[Outcome, str] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    findings_total: int = 0
    _places: list[str] = field(default_factory=list)
    _unended: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome, reason: str, finding: dict[str, Any] | None, case: str = "") -> None:
        """Count the outcome of one case; a finding that says what an earlier one said is counted, not kept."""
        self.reasons[outcome] = self.reasons.get(outcome) or reason
        if finding is None:
            return
        self.findings_total += 1
        if _same(finding) not in map(_same, self.findings) and self._make_room(_place(case)):
            self.findings.append(finding)
            self._places.append(_place(case))

    def _make_room(self, place: str) -> bool:
        """Drop, where needed, the last finding of the place that has most; whether one about that place can be kept."""
        if len(self.findings) < FINDINGS_SHOWN:
            return True
        ((crowded, most),) = Counter(self._places).most_common(1)
        if self._places.count(place) + 1 >= most:
            return False
        last = FINDINGS_SHOWN - 1 - self._places[::-1].index(crowded)
        del self.findings[last], self._places[last]
        return True

    def add_unended(self, case: str) -> None:
        """Count a case that was planned and of which no end is recorded."""
        self._unended = sorted([*self._unended, case])
        more = f" and {len(self._unended) - 1} more" if len(self._unended) > 1 else ""
        self.reasons[Outcome.BLOCKED] = f"{UNFINISHED}: {self._unended[0]}{more}"

    def worst(self, waived: str | None = None) -> tuple[Outcome, str]:
        """Return the worst outcome and its reason; `waived`, where given, is the reason why breaches are accepted.

        A waiver accepts the breaches that were seen, not what was never tested: a blocked case still counts.
        """
        reasons = dict(self.reasons)
        if waived is not None:
            reasons = {outcome: why for outcome, why in reasons.items() if outcome.severity < Outcome.WARNED.severity}
            reasons[Outcome.WAIVED] = waived
            if Outcome.BLOCKED in self.reasons:
                reasons[Outcome.BLOCKED] = self.reasons[Outcome.BLOCKED]
        worst = max(reasons, key=lambda outcome: outcome.severity)
        return worst, reasons[worst]


def _place(case: str) -> str:
    """The parameter of an operation that a case is about; the case where it is about none."""
    family, colon, rest = case.partition(":")
    return f"{family.partition('.')[0]}:{rest.partition('=')[0]}" if colon else case


def _same(finding: dict[str, Any]) -> tuple[str, str]:
    return finding["message"], finding["observed"]


class Latencies:
    """Response times per operation in milliseconds.

    Kept as counts of values rounded to three digits, so that a million exchanges take no more room than a thousand.
    """

    def __init__(self) -> None:
        self._counts: dict[str, Counter[float]] = {}
        self._longest: dict[str, float] = {}

    def add(self, operation: str, elapsed_ms: float) -> None:
        """Count one answered exchange."""
        self._counts.setdefault(operation, Counter())[float(f"{elapsed_ms:.3g}")] += 1
        self._longest[operation] = max(elapsed_ms, self._longest.get(operation, 0.0))

    def summary(self) -> dict[str, dict[str, float]]:
        """Return p50, p95 and max of each operation; p50 and p95 by nearest rank."""
        return {
            operation: {"p50": _rank(counts, 50), "p95": _rank(counts, 95), "max": self._longest[operation]}
            for operation, counts in sorted(self._counts.items())
        }


def _rank(counts: Counter[float], percent: int) -> float:
    wanted = -(-counts.total() * percent // 100)
    for value in sorted(counts):
        wanted -= counts[value]
        if wanted <= 0:
            return value
    return 0.0
