"""The window in which a request's timestamp is good, and a moment in it for each request."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from certhook.pack.model import Pack
from certhook.profile.profile import Profile
from certhook.recent import Recent

MARGIN_S = 60
"""Seconds that all moments stay away from the edges of the window, since clocks differ; but no more than half of it."""


@dataclass(frozen=True, slots=True)
class Window:
    """`field` holds the time of a request in `unit` ("s" or "ms" since 1970); it is good for `seconds`."""

    field: str
    unit: str
    seconds: int

    @classmethod
    def of(cls, pack: Pack, profile: Profile) -> Window | None:
        """The pack's window, as the profile's options change it; None where the protocol has no clock."""
        if pack.clock is None:
            return None
        return cls(
            pack.clock.field,
            str(profile.options.get("timestamp_unit", pack.clock.unit)),
            int(profile.options.get("timestamp_window_s", pack.clock.window_s)),
        )

    @property
    def reach_s(self) -> int:
        """How many seconds before it is sent, or after it, the moment of a valid request may lie."""
        return max(self.seconds - MARGIN_S, self.seconds // 2)

    def stamp(self, moment: float) -> int:
        """A moment in seconds since 1970 as the wire has it."""
        return int(moment * 1000) if self.unit == "ms" else int(moment)


@dataclass(frozen=True, slots=True)
class MomentScope:
    """The seconds that one of several processes may give to its requests: each has a share of them.

    `share` counts from 0 among `shares`; `taken` are the first and the last second that were used before them all.
    """

    share: int = 0
    shares: int = 1
    taken: tuple[int, int] = (0, 0)

    def has(self, second: int) -> bool:
        """Whether that second is one of them."""
        first, last = self.taken
        return second % self.shares == self.share and not first <= second <= last


class Moments:
    """Gives a request that would be signed as an earlier one was a second of its own.

    A target that refuses what it has seen before would be accused of refusing it. All moments are in the past, and well
    within the window, as those of requests are that took their time; where these are used up, seconds are shared.
    """

    def __init__(self, window: Window, scope: MomentScope) -> None:
        self._reach_s = window.reach_s
        self._scope = scope
        self._used = Recent()  # by the time that one is forgotten, it was sent seconds ago

    def spare(self, operation: str, now: float) -> float:
        """The latest moment before that to which no request of an operation was moved; `latest` for none."""
        own = self._own(now)
        latest = next(own, now)
        return next((moment for moment in own if (operation, int(moment)) not in self._used), latest)

    def latest(self, now: float) -> float:
        """The moment of a request that need not be moved, in seconds since 1970."""
        return next(self._own(now), now)

    def _own(self, now: float) -> Iterator[float]:
        moments = (now - away_s for away_s in range(self._reach_s + 1))
        return (moment for moment in moments if self._scope.has(int(moment)))

    def use(self, operation: str, moment: float) -> None:
        """Take a moment that was to spare."""
        self._used.add((operation, int(moment)))

    def is_first(self, what: Hashable) -> bool:
        """Whether that has not been asked for before, among the last few thousand."""
        return self._used.add(what)
