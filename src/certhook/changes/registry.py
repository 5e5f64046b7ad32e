"""The families of changes by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from certhook.changes.change import CONTROL, Change, Scope

Family = Callable[[Scope], Iterator[Change]]

FAMILIES: dict[str, Family] = {"control": lambda scope: iter((CONTROL,))}


def family(name: str) -> Callable[[Family], Family]:
    """Register a function that yields the changes of one family."""

    def register(function: Family) -> Family:
        FAMILIES[name] = function
        return function

    return register


def changes_of(name: str, scope: Scope) -> Iterator[Change]:
    """The changes of a family, or the one that `family:place` names."""
    wanted = name.split(":", maxsplit=1)[0]
    return (one for one in FAMILIES[wanted](scope) if name in (wanted, one.name))
