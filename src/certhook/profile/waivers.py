"""Accepted deviations, each with somebody who answers for it until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Waiver:
    """The target need not meet `requirement` (an id) up to and including the day `expires`."""

    requirement: str
    reason: str
    owner: str
    expires: date

    def expired(self, today: date) -> bool:
        """Whether the last day is over."""
        return today > self.expires
