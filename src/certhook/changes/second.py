"""Requests for the second player of a profile: valid ones, and ones with which one thing is wrong besides.

What a target asks of one player it asks of all: none is let in without a signature, and none with an old request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from certhook.building.change import Change, Draft, Stage
from certhook.changes.registry import Scope, changes_of
from certhook.changes.signature import random_hex
from certhook.pack.dotted import leaves

_SAYS = "for the profile's second player"
_ACCOUNT = "the second player's"


def valid(scope: Scope) -> Change:
    """A request that is valid, and not the control's: what the first player has the second one need not have."""
    return Change("second.valid", _SAYS, Stage.FIELDS, _put(scope), legal=True, account=_ACCOUNT)


def wrong(scope: Scope) -> Iterator[Change]:
    """One without a right signature, and one that is well out of time where the protocol has a clock."""
    put = _put(scope)

    def sign_at_random(draft: Draft) -> None:
        put(draft)
        draft.body = draft.encode(draft)
        draft.signature = random_hex(draft)

    says = f"{_SAYS}, with random hex digits as its signature"
    yield Change("second.random", says, Stage.WIRE, sign_at_random)
    for stale in list(changes_of("timestamp.stale", scope))[-1:]:

        def date_back(draft: Draft, stale: Change = stale) -> None:
            put(draft)
            stale.apply(draft)

        yield replace(stale, name="second.stale", says=f"{_SAYS}, {stale.says}", apply=date_back)


def _put(scope: Scope) -> Callable[[Draft], None]:
    others = {
        place: scope.profile.value(schema["x-other"])
        for place, schema in leaves(scope.operation.request).items()
        if "x-other" in schema
    }

    def put(draft: Draft) -> None:
        for place, value in others.items():
            draft.put(place, value)

    return put
