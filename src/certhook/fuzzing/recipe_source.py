"""Lists of recipes that another process draws before they are needed.

To draw a body takes a quarter of the time that all of its way takes, and needs nothing of what the target says. So it
is done while other requests are sent, by another core; what is drawn is the same.
"""

from __future__ import annotations

import pickle
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, cast

from certhook import own_process
from certhook.fuzzing.recipe import Recipe
from certhook.fuzzing.recipe_lists import DRAWN_TOGETHER
from certhook.pack.model import Operation

_WORKER = "certhook.fuzzing.recipe_worker"


class RecipeSource:
    """The lists of some operations. `examples` is how many different recipes of each are wanted."""

    def __init__(self, operations: Sequence[Operation], seed: int, examples: int) -> None:
        self._operations = {one.name: one for one in operations}
        self._seed = seed
        self._lists = -(-examples // DRAWN_TOGETHER)
        self._child: subprocess.Popen[bytes] | None = None
        self._asked: set[tuple[str, int]] = set()
        self._come: dict[tuple[str, int], list[Recipe]] = {}

    def ask(self, operation: str, number: int) -> None:
        """Have a list drawn that will be taken later; nothing happens where no process can draw it."""
        with suppress(OSError):
            if self._child is None:
                self._child = own_process.start(_WORKER)
                self._say((self._operations, self._seed))
            if (operation, number) not in self._asked:
                self._asked.add((operation, number))
                self._say((operation, number))

    def take(self, operation: str, number: int) -> list[Recipe]:
        """A list, once; the next one is asked for where it will be needed."""
        self.ask(operation, number)
        if number + 1 < self._lists:
            self.ask(operation, number + 1)
        while (operation, number) not in self._come:
            try:
                came, recipes = pickle.load(self._pipe("stdout"))  # noqa: S301 - from our own process
            except (OSError, EOFError, pickle.UnpicklingError):  # it was killed, or never there
                return self._drawn_here(operation, number)
            self._come[came] = recipes
        return self._come.pop((operation, number))

    def close(self) -> None:
        """End the process, whatever it is about to draw."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for name in ("stdin", "stdout"):
                with suppress(OSError):  # something was left in it
                    self._pipe(name).close()

    @property
    def pid(self) -> int:
        """The process's id. Raises ChildProcessError where there is none."""
        return self._running().pid

    def _drawn_here(self, operation: str, number: int) -> list[Recipe]:
        from certhook.fuzzing.search import Search  # Hypothesis takes a while to load, and is seldom needed here

        return Search(self._operations[operation], self._seed).draw(number)

    def _say(self, message: Any) -> None:
        stream = self._pipe("stdin")
        pickle.dump(message, stream)
        stream.flush()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise ChildProcessError("there is no process that draws")
        return self._child

    def _pipe(self, name: str) -> IO[bytes]:
        return cast("IO[bytes]", getattr(self._running(), name))
