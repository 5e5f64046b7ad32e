"""No signature where it belongs, and something of its name elsewhere.

Frameworks that hand out header, query and form as one find a signature there, which a check of the header never sees.
"""

from __future__ import annotations

from collections.abc import Iterator

from certhook.building.change import Change, Draft, Stage
from certhook.changes.registry import Scope, family

_WRONG = "x"


@family("signature.misplaced")
def misplaced(scope: Scope) -> Iterator[Change]:
    name = scope.pack.signing.header
    says = f"without the signature header, and with {name}={_WRONG} in its"

    def in_query(draft: Draft) -> None:
        draft.signature = None
        draft.query.append((name, _WRONG))

    def in_form(draft: Draft) -> None:
        draft.signature = None
        draft.fields[name] = _WRONG
        draft.body = draft.encode(draft)

    yield Change("signature.misplaced:query", f"{says} query", Stage.SIGNATURE, in_query)
    if scope.operation.encoding == "form":
        yield Change("signature.misplaced:form", f"{says} form", Stage.SIGNATURE, in_form)
