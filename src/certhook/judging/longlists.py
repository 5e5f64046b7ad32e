"""Long lists in answers: a platform sends its thousands of games with every success, and each is looked at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LONG = 50
"""Items of a list that is worth remembering."""

NEAR = 3
"""Names that lead to it at most: where documents have their lists."""

Path = tuple[str, ...]


@dataclass(slots=True)
class KnownLists:
    """The hashes of the long lists of an answer that was found right, the last one, by where they stand in it."""

    _right: dict[Path, int] = field(default_factory=dict)

    def shortened(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """An answer with but the first item of each list in it that is known."""
        short = dict(value)
        for path, items in _long_lists(value):
            if self._right.get(path) == _hash(items):
                _put(short, path, items[:1])
        return short

    def learn(self, value: Mapping[str, Any]) -> None:
        """Take the long lists of an answer for right."""
        self._right = {path: _hash(items) for path, items in _long_lists(value)}


def _long_lists(value: Mapping[str, Any], within: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    """The long lists of an object, and of objects in it, with the names that lead to them."""
    for name, inner in value.items():
        path = (*within, name)
        if isinstance(inner, dict) and len(path) < NEAR:
            yield from _long_lists(inner, path)
        elif isinstance(inner, list) and len(inner) >= LONG:
            yield path, inner


def _put(holder: dict[str, Any], path: Path, items: list[Any]) -> None:
    """Put a list where the names lead to, into copies of the objects on the way."""
    *way, last = path
    for name in way:
        holder[name] = dict(holder[name])
        holder = holder[name]
    holder[last] = items


def _hash(items: list[Any]) -> int:
    # The lists themselves would be many times as large as they were on the wire.
    return hash(json.dumps(items))
