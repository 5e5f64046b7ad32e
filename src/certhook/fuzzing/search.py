"""What Hypothesis does here: it draws recipes, and makes those smaller that break something.

It draws without anything being sent, many at a time, which is quicker by far than one by one. Left to itself it would
then vary what it drew, which for lists comes to drawing the same again; so every list has a search of its own. The same
seed draws the same again: from that comes what was chosen for the one recipe that broke something, and a search for a
smaller one goes on from these choices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from unittest import SkipTest

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase
from hypothesis.errors import Flaky, Unsatisfiable

from certhook.fuzzing.choice_sequences import choices_of
from certhook.fuzzing.counterexample import Counterexample
from certhook.fuzzing.hypothesis_settings import draw_nothing_from_sources, keep_caches_out_of_the_way
from certhook.fuzzing.json_strategies import recipes
from certhook.fuzzing.recipe import Recipe
from certhook.fuzzing.recipe_lists import DRAWN_TOGETHER, PlacedRecipe
from certhook.pack.model import Operation

MAX_SHRINKS = 100
"""Recipes that may be tried to make a finding smaller."""

_STRIDE = 1_000_003
"""Between the seeds of two lists, so that runs with neighbouring seeds share none."""

T = TypeVar("T")

Try = Callable[[Recipe], Counterexample | None]
"""Sends a recipe, and says what it broke."""


class Search:
    """Draws recipes for an operation. `examples` is a folder that keeps what was found for the next run."""

    def __init__(self, operation: Operation, seed: int, examples: Path | None = None) -> None:
        self._one = recipes(operation)
        self._seed = seed
        self._examples = examples

    def draw(self, number: int) -> list[Recipe]:
        """The list of recipes with that number; some of them may be the same."""
        return self._drawn(self._one, number)

    def shrink(self, start: PlacedRecipe, attempt: Try) -> Counterexample | None:
        """What the smallest recipe breaks that could be made from one that was drawn.

        None where that one, sent again, breaks nothing, or where this Hypothesis does not say what was chosen for it.
        """
        try:
            chosen = self._drawn(choices_of(self._one), start.list)[start.place]
        except (ImportError, AttributeError):
            return None
        attempts = _Attempts(attempt)
        self._run_shrinker(attempts, _Beginning(chosen, self._examples))
        return attempts.last

    def kept(self, attempt: Try) -> Counterexample | None:
        """What a recipe that was kept by an earlier run still breaks, made smaller where that is possible."""
        attempts = _Attempts(attempt)
        if self._examples is not None:
            self._run_shrinker(attempts, DirectoryBasedExampleDatabase(self._examples))
        return attempts.last

    def _drawn(self, one: st.SearchStrategy[T], number: int) -> list[T]:
        """What Hypothesis draws for a list with that number. Raises RuntimeError where that is nothing."""
        drawn: list[T] = []
        some = st.lists(one, min_size=DRAWN_TOGETHER, max_size=DRAWN_TOGETHER)
        # The simplest is always drawn first: here it is nothing, and costs nothing.
        _run(drawn.extend, st.just([]) | some, self._seed + number * _STRIDE, Phase.generate)
        if not drawn:
            raise RuntimeError("Hypothesis drew no recipes")
        return drawn

    def _run_shrinker(self, attempts: _Attempts, database: ExampleDatabase) -> None:
        _run(attempts.make, self._one, self._seed, Phase.reuse, Phase.shrink, database=database)


def _run(
    look: Callable[[T], object],
    strategy: st.SearchStrategy[T],
    seed_: int,
    *phases: Phase,
    database: ExampleDatabase | None = None,
) -> None:
    """Let Hypothesis draw something; what `look` raises Counterexample for is kept and shrunk, as far as phases go."""
    draw_nothing_from_sources()
    keep_caches_out_of_the_way()

    @settings(  # outside of @seed, which would take the database away
        max_examples=2,  # nothing, and a list
        deadline=None,
        derandomize=False,  # as it would be where a CI system is recognised
        database=database,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @seed(seed_)
    @given(strategy)
    def every_body_is_answered_soundly(drawn: T) -> None:
        look(drawn)

    # It ends with what it found, or at its limit; where nothing was kept, or nothing that these strategies would make;
    # and where a failure does not repeat.
    with suppress(Counterexample, _Enough, SkipTest, Unsatisfiable, Flaky):
        every_body_is_answered_soundly()


class _Beginning(ExampleDatabase):
    """Gives back a recipe's choices, and nothing that was kept before; keeps what is found in a folder, if any."""

    def __init__(self, choices: bytes, folder: Path | None) -> None:
        super().__init__()
        self._choices = choices
        self._kept = DirectoryBasedExampleDatabase(folder) if folder else None

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """The choices, as what is not yet the smallest: of that, Hypothesis makes nothing smaller."""
        if key.endswith(b".secondary"):
            yield self._choices

    def save(self, key: bytes, value: bytes) -> None:
        """Keep what was found."""
        if self._kept is not None:
            self._kept.save(key, value)

    def delete(self, key: bytes, value: bytes) -> None:
        """Forget what was found, since there is something smaller."""
        if self._kept is not None:
            self._kept.delete(key, value)


class _Enough(BaseException):
    """Ends a search; Hypothesis would take any other exception for something that was found."""


class _Attempts:
    """Tries recipes, each once. `last` is what was found last, the smallest."""

    def __init__(self, attempt: Try) -> None:
        self._attempt = attempt
        self._made: dict[str, Counterexample | None] = {}
        self.last: Counterexample | None = None

    def make(self, recipe: Recipe) -> None:
        """Raises Counterexample where that recipe breaks something, _Enough where it is one more than MAX_SHRINKS."""
        if recipe.says not in self._made:
            if len(self._made) == MAX_SHRINKS:
                raise _Enough
            self._made[recipe.says] = self._attempt(recipe)
        found = self._made[recipe.says]
        if found is not None:
            self.last = found
            raise found
