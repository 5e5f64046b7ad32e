"""Lists of recipes that were drawn together, one after the other, and each recipe once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from certhook.fuzzing.recipe import Recipe

DRAWN_TOGETHER = 72
"""Recipes of a list. That is some more than a default run sends, since a few are drawn twice: then one will do."""

Lists = Callable[[int], Sequence[Recipe]]
"""Gives the list of recipes with that number, from 0: always the same one."""


@dataclass(frozen=True, slots=True)
class PlacedRecipe:
    """A recipe, and where it was drawn: in which list, and where in that one."""

    recipe: Recipe
    list: int
    place: int


def each_once(lists: Lists) -> Iterator[PlacedRecipe]:
    """Recipes without end, no two the same."""
    seen: set[int] = set()
    for number in itertools.count():
        for place, recipe in enumerate(lists(number)):
            key = hash(recipe.says)
            if key not in seen:
                seen.add(key)
                yield PlacedRecipe(recipe, number, place)
