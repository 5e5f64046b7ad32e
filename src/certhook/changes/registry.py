"""The families of changes by name, what they are asked with, and words that several of them use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from certhook.building.change import CONTROL, Change, Draft
from certhook.pack.model import Operation, Pack
from certhook.profile.profile import Profile

EXTRA = "x_certhook"
"""A field that no document knows."""

FILTERED = ("403",)
"""As a change's `front`: the status of a filter in front of the application that takes the request for an attack."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a family makes changes for: one operation of a protocol, with the test data of a profile."""

    pack: Pack
    operation: Operation
    profile: Profile

    @property
    def fields(self) -> dict[str, Any]:
        """The request's properties: name -> schema."""
        return dict(self.operation.properties)

    @property
    def signs(self) -> bool:
        """Whether requests are signed: the protocol has a signature, and the profile what it is made with."""
        key = self.pack.signing.key
        return bool(key) and self.profile.value(key) is not None


Family = Callable[[Scope], Iterator[Change]]

FAMILIES: dict[str, Family] = {"control": lambda scope: iter((CONTROL,))}


def always(value: Any) -> Callable[[Draft], Any]:
    """The same value for every draft."""
    return lambda draft: value


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
