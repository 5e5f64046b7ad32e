"""Hypothesis draws recipes without sending them, and makes smaller what broke something."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from certhook.fuzzing import search
from certhook.fuzzing.counterexample import Counterexample
from certhook.fuzzing.recipe import Recipe
from certhook.fuzzing.recipe_lists import PlacedRecipe, each_once
from certhook.fuzzing.search import Search
from certhook.judging.judge import Judgement
from tests.certifying import authenticate
from tests.recording.lines import exchange

COUNT = 60


def searching(folder: Path, seed: int = 0) -> Search:
    """A search that keeps what it finds in a folder."""
    return Search(authenticate(), seed, folder)


class Target:
    """Breaks a requirement at every recipe whose words are long enough, and remembers what it was tried with."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self.tried: list[str] = []

    def __call__(self, recipe: Recipe) -> Counterexample | None:
        self.tried.append(recipe.says)
        return found(recipe) if len(recipe.says) > self.longest else None


def found(recipe: Recipe) -> Counterexample:
    """A breach by a recipe."""
    return Counterexample("a.b.c", Judgement("a.b.c", "an answer", "none", exchange()), recipe)


def first(count: int, search: Search) -> list[PlacedRecipe]:
    """The first recipes that a search draws."""
    return list(islice(each_once(search.draw), count))


def long_one(drawn: list[PlacedRecipe]) -> PlacedRecipe:
    """One of the longest recipes that were drawn, and not the first."""
    return max(drawn[1:], key=lambda one: len(one.recipe.says))


def test_what_is_drawn_is_different(tmp_path: Path) -> None:
    """However many recipes are taken, no two of them are the same."""
    drawn = first(COUNT, searching(tmp_path))
    assert len({one.recipe.says for one in drawn}) == len(drawn) == COUNT


def test_a_seed_draws_the_same_again(tmp_path: Path) -> None:
    """One seed draws the same recipes each time; another draws others."""
    once, again, other = ([one.recipe.says for one in first(20, searching(tmp_path, seed))] for seed in (3, 3, 4))
    assert once == again != other


def test_a_search_begins_where_something_was_found(tmp_path: Path) -> None:
    """The first recipe tried is the one that broke something; none is tried twice, and a shorter one is left."""
    search = searching(tmp_path)
    start = long_one(first(COUNT, search))
    target = Target(40)
    smallest = search.shrink(start, target)
    assert smallest is not None
    assert target.tried[0] == start.recipe.says
    assert len(set(target.tried)) == len(target.tried)
    assert 40 < len(smallest.recipe.says) < len(start.recipe.says)


def test_a_search_is_the_same_each_time(tmp_path: Path) -> None:
    """The same recipes are tried, in the same order, however long that takes: what is found depends on no clock."""
    looking = searching(tmp_path)
    start = long_one(first(COUNT, looking))
    one, two = Target(40), Target(40)
    assert looking.shrink(start, one)
    assert searching(tmp_path / "other").shrink(start, two)
    assert one.tried == two.tried
    assert len(one.tried) > 10


def test_what_does_not_come_again_is_left(tmp_path: Path) -> None:
    """Where the recipe breaks nothing when it is tried again, no other is tried."""
    search = searching(tmp_path)
    target = Target(10_000)
    assert search.shrink(long_one(first(COUNT, search)), target) is None
    assert len(target.tried) == 1


def test_a_later_run_begins_with_what_was_kept(tmp_path: Path) -> None:
    """What one search found comes to another one, with any seed, as long as it breaks something."""
    search = searching(tmp_path)
    smallest = search.shrink(long_one(first(COUNT, search)), Target(40))
    assert smallest is not None
    again = searching(tmp_path, seed=7).kept(Target(40))
    assert again is not None
    assert again.recipe.says == smallest.recipe.says
    assert searching(tmp_path).kept(Target(10_000)) is None


def test_a_search_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more recipes are tried than MAX_SHRINKS, and the smallest of these is what is found."""
    monkeypatch.setattr(search, "MAX_SHRINKS", 5)
    looking = searching(tmp_path)
    target = Target(1)
    assert looking.shrink(long_one(first(COUNT, looking)), target) is not None
    assert 1 < len(target.tried) <= 5


def test_nothing_drawn_is_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Hypothesis draws nothing, that is said at once: whoever goes on to the next list would do so for ever."""
    monkeypatch.setattr(search, "_run", lambda *_, **__: None)
    with pytest.raises(RuntimeError, match="drew no recipes"):
        searching(tmp_path).draw(0)
