"""The right signature with something behind it, which whoever reads no further than its length does not see."""

from __future__ import annotations

from collections.abc import Iterator

from certhook.building.change import Change, Draft, Stage
from certhook.changes.registry import Scope, family

_BEHIND = {
    "digit": ("one more hex digit", b"0"),
    "letters": ("two letters that are no hex digits", b"zz"),
}


@family("signature.lengthened")
def lengthened(scope: Scope) -> Iterator[Change]:
    for word, (what, more) in _BEHIND.items():

        def apply(draft: Draft, more: bytes = more) -> None:
            draft.signature = (draft.signature or b"") + more

        yield Change(f"signature.lengthened:{word}", f"with {what} behind its signature", Stage.SIGNATURE, apply)
