"""The rooms of certhook: who may know whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import certhook

ROOT = Path(certhook.__file__).parent
LOOKING_UP = {
    "pack/checking.py",  # holds the names that a pack uses against the changes, bodies and rules that there are
    "fleet/child.py",  # is a process of its own, which runs the command line
}


def imported(path: Path) -> Iterator[str]:
    """The rooms that a module imports from, at its top or later."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("certhook."):
            yield node.module.split(".")[1]


def test_rooms_look_down_only() -> None:
    """No room knows one that knows it, be it over others: what a room rests on can be read without it."""
    known: dict[str, set[str]] = {}
    for path in ROOT.glob("*/**/*.py"):
        name = path.relative_to(ROOT).as_posix()
        room = name.split("/")[0]
        if name not in LOOKING_UP:
            known.setdefault(room, set()).update(set(imported(path)) - {room})
    try:
        order = tuple(TopologicalSorter(known).static_order())
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None
    assert order.index("pack") < order.index("building") < order.index("judging") < order.index("running")
