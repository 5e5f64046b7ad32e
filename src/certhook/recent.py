"""What was there lately: a memory that a run of any length does not fill."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock

_REMEMBERED = 4096


class Recent:
    """The last few thousand things that were added, known by their hashes. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: dict[int, None] = {}
        self._lock = Lock()

    def __contains__(self, what: Hashable) -> bool:
        return hash(what) in self._known

    def add(self, what: Hashable) -> bool:
        """Remember it; whether it was not known. What is known keeps its place."""
        key = hash(what)
        with self._lock:
            if key in self._known:
                return False
            if len(self._known) == _REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[key] = None
            return True
