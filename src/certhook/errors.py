"""The families of errors. A target that does not conform is none of them: that is a finding.

    CerthookError
    ├── UsageError            the user's words are off, or what they name: exit status 2, one line
    │   ├── ProfileError      ... in the profile
    │   └── PackError         ... in a protocol's folder of schemas
    ├── Unavailable           something that one can do without is not to be had on this machine
    └── Nonconformance        raised by a suite to say what a target did wrong; the runner makes a finding of it

A transport failure is a value (`exchange.Failure`), since it is evidence. Exceptions by which a module only tells its
caller something stand with it, and no user sees them. Any other exception is a bug in certhook.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certhook.exchange import Exchange


class CerthookError(Exception):
    """Base of all errors that reach a user, or a reader of findings, as what they are."""


class UsageError(CerthookError):
    """An option or a name that cannot be used. The message is one line: what, where, and what would be right."""


class ProfileError(UsageError):
    """A profile that cannot be used."""


class PackError(UsageError):
    """A protocol's folder that cannot be used: file, place and reason."""


class Unavailable(CerthookError):
    """Something that one can do without is not to be had here. The message is one line: why, and what to do."""


class Nonconformance(CerthookError):
    """A suite's own rule was not met.

    `expected` and `observed` are one line each; `exchange` is the one that shows it.
    """

    def __init__(self, message: str, *, expected: str, observed: str, exchange: Exchange) -> None:
        super().__init__(message)
        self.expected = expected
        self.observed = observed
        self.exchange = exchange


def nearest(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean X?' for the known word nearest to `word`, or a list of them all where none is near.

    >>> nearest("playerid", ["player_id", "session_id"])
    '; did you mean player_id?'
    """
    words = sorted(known)
    close = get_close_matches(word, words, n=1, cutoff=0.6) or get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known: {', '.join(words)}" if 0 < len(words) <= 12 else ""
