"""What a recipe is: one way to damage a valid request, with its name in a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certhook.changes.change import Change, Draft, Stage

FUZZED = "malformed.fuzzed"


@dataclass(frozen=True)
class Recipe:
    """A stage, what is done there, and what it is called in a finding."""

    stage: Stage
    says: str
    apply: Callable[[Draft], None]

    def as_change(self) -> Change:
        return Change(FUZZED, f"with {self.says}", self.stage, self.apply, front=("413",))

    def __repr__(self) -> str:
        return self.says
