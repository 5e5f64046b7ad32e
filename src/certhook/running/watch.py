"""What the answers of a round have in common: what they say of rules that hold for every answer, and their times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from certhook.exchange import Failure
from certhook.judging.judge import Judgement
from certhook.sending.courier import Delivery

LATENCY_SAMPLE = 20
"""Answers below which no 95th percentile is judged."""

LATENCY_KEPT = 10_000


@dataclass(slots=True)
class Observed:
    """What many answers say of one rule: one that met it, and the first that did not."""

    met: Judgement | None = None
    breach: Judgement | None = None


@dataclass(slots=True)
class Watch:
    """What was observed so far, by requirement. Its size does not grow with the number of answers."""

    by_requirement: dict[str, Observed] = field(default_factory=dict)
    elapsed_ms: list[float] = field(default_factory=list)

    def note(self, judgements: Iterable[Judgement]) -> None:
        """Take account of what an answer says of some rules."""
        for one in judgements:
            observed = self.by_requirement.setdefault(one.requirement, Observed())
            if one.met:
                observed.met = observed.met or one
            else:
                observed.breach = observed.breach or one

    def time(self, deliveries: Iterable[Delivery]) -> None:
        """Take account of how long answers took."""
        for one in deliveries:
            if not isinstance(one.exchange.answer, Failure) and len(self.elapsed_ms) < LATENCY_KEPT:
                self.elapsed_ms.append(one.exchange.elapsed_s * 1000)

    @property
    def lacking(self) -> int:
        """How many more answers are needed before their times can be judged."""
        return max(0, LATENCY_SAMPLE - len(self.elapsed_ms))

    @property
    def p95_ms(self) -> float:
        """The 95th percentile of the times, by the nearest rank; 0 where there are none."""
        ordered = sorted(self.elapsed_ms)
        return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)] if ordered else 0.0
