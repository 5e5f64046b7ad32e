"""Values that writers of JSON do not spell alike, signed and sent in the spelling of the protocol.

One writes a letter beyond ASCII as it is and another as an escape, one escapes an ampersand and another does not.
Whoever writes a body again to check its signature, in a spelling of its own, takes a right signature for a wrong one.
The value may be refused for what it says.
"""

from __future__ import annotations

from collections.abc import Iterator

from certhook.building.change import Change, Draft, Stage
from certhook.changes.registry import FILTERED, Scope, family


@family("signature.spelt-apart")
def spelt_apart(scope: Scope) -> Iterator[Change]:
    for place, schema in scope.fields.items():
        if "x-spelt-apart" in schema:

            def apply(draft: Draft, place: str = place, value: str = schema["x-spelt-apart"]) -> None:
                draft.fields[place] = value

            says = f"with {schema['x-spelt-apart']!r} as {place}"
            yield Change(f"signature.spelt-apart:{place}", says, Stage.FIELDS, apply, front=FILTERED)
