"""What Hypothesis does here: it draws recipes, and makes those smaller that break something.

It draws without anything being sent, many at a time, which is quicker by far than one by one. Left to itself it would
then vary what it drew, which for lists comes to drawing the same again; so every list has a search of its own. The same
seed draws the same again: that is how a search begins right at the recipe that broke something, and goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from unittest import SkipTest

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase

from certhook.fuzzing.drawn import DRAWN_TOGETHER, Drawn
from certhook.fuzzing.found import Found
from certhook.fuzzing.isolation import draw_nothing_from_sources, keep_caches_out_of_the_way
from certhook.fuzzing.recipe import Recipe
from certhook.fuzzing.recipes import recipes
from certhook.pack.model import Operation

MAX_SHRINKS = 300
"""Recipes that may be tried to make a finding smaller."""

MAX_SHRINK_S = 10.0
"""Seconds that may be spent on it: what Hypothesis tries is mostly nothing new, and that takes its time, too."""

_STRIDE = 1_000_003
"""Between the seeds of two lists, so that runs with neighbouring seeds share none."""


Try = Callable[[Recipe], Found | None]
"""Sends a recipe, and says what it broke."""


class Search:
    """Draws recipes for an operation. `examples` is a folder that keeps what was found for the next run."""

    def __init__(self, operation: Operation, seed: int, examples: Path | None = None) -> None:
        some = st.lists(recipes(operation), min_size=DRAWN_TOGETHER, max_size=DRAWN_TOGETHER)
        # The simplest is always drawn first: here it is nothing, and costs nothing.
        self._together: st.SearchStrategy[list[Recipe]] = st.just([]) | some
        self._seed = seed
        self._examples = examples

    def draw(self, number: int) -> list[Recipe]:
        """The list of recipes with that number; some of them may be the same."""
        together: list[Recipe] = []
        self._run(together.extend, number, Phase.generate)
        return together

    def smaller(self, start: Drawn, attempt: Try) -> Found | None:
        """What the smallest recipe breaks that could be made from one that was drawn.

        None where that one, sent again, breaks nothing.
        """
        attempts = _Attempts(attempt)

        def look(together: list[Recipe]) -> None:
            recipe = together[start.place]
            if attempts.last or recipe.says == start.recipe.says:
                attempts.make(recipe)

        self._run(look, start.list, Phase.generate, Phase.shrink, keeping=True)
        return attempts.last

    def kept(self, attempt: Try) -> Found | None:
        """What a recipe that was kept by an earlier run still breaks, made smaller where that is possible."""
        attempts = _Attempts(attempt)
        aim: list[int] = []

        def look(together: list[Recipe]) -> None:
            for place in aim or range(len(together)):
                aim[:] = [place]
                attempts.make(together[place])
            if not attempts.last:
                aim.clear()

        self._run(look, 0, Phase.reuse, Phase.shrink, keeping=True)
        return attempts.last

    def _run(self, look: Callable[[list[Recipe]], object], number: int, *phases: Phase, keeping: bool = False) -> None:
        """Let Hypothesis draw a list; what `look` raises Found for is kept and made smaller, as far as phases go."""
        draw_nothing_from_sources()
        keep_caches_out_of_the_way()

        @settings(  # outside of @seed, which would take the database away
            max_examples=2,  # nothing, and a list
            deadline=None,
            derandomize=False,  # as it would be where a CI system is recognised
            database=DirectoryBasedExampleDatabase(self._examples) if keeping and self._examples else None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )
        @seed(self._seed + number * _STRIDE)
        @given(self._together)
        def every_body_is_answered_soundly(together: list[Recipe]) -> None:
            if together:
                look(together)

        try:
            every_body_is_answered_soundly()
        except (Found, SkipTest, _Enough):  # it skips where nothing was kept
            pass
        except Exception as error:
            # Hypothesis complains of a failure that does not repeat.
            if not type(error).__module__.startswith("hypothesis"):
                raise


class _Enough(BaseException):
    """Ends a search; Hypothesis would take any other exception for something that was found."""


class _Attempts:
    """Tries recipes, each once, and no more of them than MAX_SHRINKS. `last` is what was found last, the smallest.

    Raises _Enough where something was found and MAX_SHRINK_S are over.
    """

    def __init__(self, attempt: Try) -> None:
        self._attempt = attempt
        self._made: dict[str, Found | None] = {}
        self._until = time.monotonic() + MAX_SHRINK_S
        self.last: Found | None = None

    def make(self, recipe: Recipe) -> None:
        """Raises Found where that recipe breaks something."""
        if self.last is not None and time.monotonic() > self._until:
            raise _Enough
        if recipe.says not in self._made and len(self._made) < MAX_SHRINKS:
            self._made[recipe.says] = self._attempt(recipe)
        found = self._made.get(recipe.says)
        if found is not None:
            self.last = found
            raise found
