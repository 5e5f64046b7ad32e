"""The window in which a request's timestamp is good."""

from __future__ import annotations

from dataclasses import dataclass

from certhook.pack.model import Pack
from certhook.profile.profile import Profile


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

    def stamp(self, moment: float) -> int:
        """A moment in seconds since 1970 as the wire has it."""
        return int(moment * 1000) if self.unit == "ms" else int(moment)
