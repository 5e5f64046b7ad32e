"""A query that no page describes, beside a body that lacks what it says, or says it otherwise.

The signature covers the body alone. Frameworks that hand out query and body as one would take from the query what
nobody signed. The body is refused for itself, whatever stands in the query; the query may be refused as well.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from certhook.building.change import ANY_4XX, Change, Draft, Stage
from certhook.changes.registry import Scope, family
from certhook.jsontypes import type_of


@family("signature.query-fills")
def query_fills(scope: Scope) -> Iterator[Change]:
    """Of one field: whoever fills one from the query fills them all."""
    for name in _identifiers(scope)[-1:]:

        def apply(draft: Draft, name: str = name) -> None:
            draft.query.append((name, draft.fields.pop(name)))

        says = f"without {name}, which is in the unsigned query instead"
        yield Change(f"signature.query-fills:{name}", says, Stage.FIELDS, apply, front=ANY_4XX)


@family("signature.query-overrides")
def query_overrides(scope: Scope) -> Iterator[Change]:
    """Another field than the query fills, where there are two."""
    for name in _identifiers(scope)[:1]:

        def apply(draft: Draft, name: str = name) -> None:
            draft.query.append((name, draft.fields[name]))
            draft.fields[name] = str(uuid.uuid4())

        says = f"with an unknown {name}, and the valid one in the unsigned query"
        yield Change(f"signature.query-overrides:{name}", says, Stage.FIELDS, apply, front=ANY_4XX)


def _identifiers(scope: Scope) -> list[str]:
    """The mandatory texts of a JSON body that name somebody, but for what belongs in no URL, which servers log."""
    if not scope.operation.encoding.startswith("json"):
        return []
    schemas = {name: scope.fields[name] for name in scope.operation.mandatory}
    return [
        name
        for name, schema in schemas.items()
        if type_of(schema) == "string" and schema.get("x-identifier") and not schema.get("x-secret")
    ]
