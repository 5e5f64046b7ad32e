"""A body that is no JSON, declared as what it is: to say so makes it no valid request.

Servers choose a reader by the declared media type, and one that has a reader of forms may hand on its fields. Another
sees no body at all behind such a media type, so how this is refused is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from certhook.building.change import ANY_4XX, Change
from certhook.changes.bodies import catalogue
from certhook.changes.registry import Scope, family
from certhook.exchange import Request

_MEDIA_TYPE = b"application/x-www-form-urlencoded"


@family("malformed.declared-form")
def declared_form(scope: Scope) -> Iterator[Change]:
    for one in catalogue(scope.operation.encoding):
        if one.name == "malformed.form":
            says = f"{one.says}, and declared as one"
            yield replace(one, name="malformed.declared-form", says=says, front=ANY_4XX, finish=_declared)


def _declared(request: Request) -> Request:
    return request.with_header("Content-Type", _MEDIA_TYPE)
