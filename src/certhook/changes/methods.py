"""Other HTTP methods on the operation's path, with everything else as in a valid request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from certhook.building.change import Change, Draft, Stage
from certhook.changes.registry import Family, Scope, family

# The server may not know a method at all (RFC 9110, 501), or a layer in front may shut it out or show a page instead.
_FRONT = ("3xx", "4xx", "501")


def _method(name: str, *, body: bool) -> Family:
    def changes(scope: Scope) -> Iterator[Change]:
        def apply(draft: Draft) -> None:
            draft.body = draft.body if body else b""

        yield Change(
            f"methods.{name.lower()}",
            f"sent with {name}",
            Stage.BODY,
            apply,
            front=_FRONT,
            finish=lambda request: replace(request, method=name),
        )

    return changes


for _name, _body in {"GET": False, "PUT": True, "PATCH": True, "DELETE": True}.items():
    family(f"methods.{_name.lower()}")(_method(_name, body=_body))
