"""A value of the caller's own that came in an accepted request, and comes again: the target knows it by then.

Whoever finds what it keeps under such a value may take that for leave to skip a check, or not expect to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from certhook.building.change import ANY_4XX, Change, Draft, Stage
from certhook.changes.examples import examples_of, optional_places
from certhook.changes.registry import Scope
from certhook.changes.signature import random_hex


@dataclass(frozen=True, slots=True)
class Known:
    """A fresh `value` of the optional parameter `place`, and the requests that carry it, in the order to send them.

    `tolerated`: the document gives a refusal of the parameter a status that is otherwise that of a crash.
    """

    place: str
    value: Any
    tolerated: bool

    def first(self) -> Change:
        """A valid request, by which the value becomes known."""
        return Change(f"again.first:{self.place}", f"with a new {self.place}", apply=self._put(), legal=True)

    def unsigned(self) -> Change:
        """The value once more, from somebody who cannot sign."""
        put = self._put()

        def apply(draft: Draft) -> None:
            put(draft)
            draft.body = draft.encode(draft)
            draft.signature = random_hex(draft)

        says = f"with the {self.place} of one that was accepted, and random hex digits as its signature"
        return Change(f"again.unsigned:{self.place}", says, Stage.SIGNATURE, apply)

    def signed(self) -> Change:
        """The value once more, from who sent it before. What was made for it may be what is answered with again."""
        says = f"with the {self.place} of one that was accepted"
        return Change(f"again.signed:{self.place}", says, apply=self._put(), legal=True, front=ANY_4XX, retry=True)

    def _put(self) -> Callable[[Draft], None]:
        def put(draft: Draft) -> None:
            draft.fields[self.place] = self.value

        return put


def known(scope: Scope) -> Iterator[Known]:
    """One for each optional parameter whose values are the caller's to make."""
    for place in optional_places(scope.operation):
        for one in examples_of(scope.operation, place, scope.profile)[:1]:
            if one.fresh:
                yield Known(place, one.make(), "x-refusal-status" in scope.fields[place])
