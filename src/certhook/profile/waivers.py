"""Accepted deviations, each with somebody who answers for it until a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Waiver:
    """The target need not meet `requirement` (an id) up to and including the day `expires`."""

    requirement: str
    reason: str
    owner: str
    expires: date

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The waiver that was written as JSON, its day as text; what else stands there is passed over."""
        return cls(data["requirement"], data["reason"], data["owner"], date.fromisoformat(data["expires"]))

    @property
    def sentence(self) -> str:
        """Why a breach is accepted, by whom, and until when."""
        return f"waived until {self.expires} by {self.owner}: {self.reason}"

    def expired(self, today: date) -> bool:
        """Whether the last day is over."""
        return today > self.expires
