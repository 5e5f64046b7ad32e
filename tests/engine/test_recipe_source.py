"""Another process draws the bodies that are sent later."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from certhook.fuzzing.recipe_source import RecipeSource
from certhook.fuzzing.search import Search
from certhook.pack.loading import load_pack
from certhook.pack.model import Operation

LISTS = 3
EXAMPLES = 200
"""Different recipes, for which three lists are needed."""


def operations() -> tuple[Operation, ...]:
    """Those of a protocol with several."""
    return load_pack("fargames").operations


@contextmanager
def drawing(seed: int = 5) -> Iterator[RecipeSource]:
    """A source of recipes, closed afterwards."""
    source = RecipeSource(operations(), seed, EXAMPLES)
    try:
        yield source
    finally:
        source.close()


def said(source: RecipeSource) -> list[list[str]]:
    """The first lists of each operation, in words."""
    return [[one.says for one in source.take(op.name, number)] for op in operations() for number in range(LISTS)]


def expected(seed: int = 5) -> list[list[str]]:
    """The same, drawn in this process."""
    return [[one.says for one in Search(op, seed).draw(number)] for op in operations() for number in range(LISTS)]


def test_what_is_drawn_there_is_what_would_be_drawn_here() -> None:
    """Every list is the same, whichever process drew it, and in whichever order they were asked for."""
    with drawing() as source:
        for operation in reversed(operations()):
            source.ask(operation.name, 0)
        assert said(source) == expected()


def test_a_process_that_was_killed_changes_nothing() -> None:
    """Where nobody draws any more, the lists are drawn where they are needed, and are the same."""
    with drawing() as source:
        source.ask(operations()[0].name, 0)
        os.kill(source.pid, signal.SIGKILL)
        assert said(source) == expected()


def test_a_process_that_cannot_be_started_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where there never was one."""
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with drawing() as source:
        assert said(source) == expected()


APPLYING = "import pickle, sys; pickle.load(sys.stdin.buffer); sys.exit('hypothesis' in sys.modules)"


@pytest.mark.parametrize("protocol", ["evenbet", "evi", "fargames", "klas"])
def test_every_recipe_can_be_handed_over(protocol: str) -> None:
    """A recipe is made of the same parts after it was handed over, and who takes it needs no Hypothesis."""
    drawn = [
        recipe for one in load_pack(protocol).operations for number in (0, 1) for recipe in Search(one, 1).draw(number)
    ]
    parts = pickle.dumps(drawn)
    assert subprocess.run([sys.executable, "-c", APPLYING], input=parts, check=False).returncode == 0
    for recipe in drawn:
        parts = pickle.dumps(recipe)
        assert pickle.dumps(pickle.loads(parts)) == parts  # noqa: S301 - made in the line above
