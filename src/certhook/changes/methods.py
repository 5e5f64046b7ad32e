"""Other HTTP methods on the operation's path, with everything else as in a valid request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from certhook.building.change import Change, Draft, Stage
from certhook.changes.registry import Family, Scope, family
from certhook.exchange import Request

# The server may not know a method at all (RFC 9110, 501), or a layer in front may shut it out or show a page instead.
_FRONT = ("3xx", "4xx", "501")


def _method(name: str, *, body: bool) -> Family:
    def changes(scope: Scope) -> Iterator[Change]:
        in_query = not body and scope.operation.encoding == "form"

        def apply(draft: Draft) -> None:
            draft.body = draft.body if body or in_query else b""

        def finish(request: Request) -> Request:
            return replace(_without_body(request) if in_query else request, method=name)

        yield Change(f"methods.{name.lower()}", f"sent with {name}", Stage.BODY, apply, front=_FRONT, finish=finish)

    return changes


def _without_body(request: Request) -> Request:
    """A form's parameters stand in the query where there is no body, signed as before: what lacks one is refused."""
    return replace(request, body=b"").with_query(request.body.decode())


for _name, _body in {"GET": False, "PUT": True, "PATCH": True, "DELETE": True}.items():
    family(f"methods.{_name.lower()}")(_method(_name, body=_body))
