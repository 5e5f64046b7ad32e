"""What a search for bodies comes to: a recipe that breaks a MUST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certhook.fuzzing.recipe import Recipe

if TYPE_CHECKING:
    from certhook.judging.judge import Judgement


class Counterexample(Exception):
    """Some recipe breaks a MUST. Two that break the same requirement are the same to Hypothesis."""

    def __init__(self, requirement: str, judgement: Judgement, recipe: Recipe) -> None:
        super().__init__(requirement)
        self.requirement = requirement
        self.judgement = judgement
        self.recipe = recipe
