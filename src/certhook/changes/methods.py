"""Other HTTP methods on the operation's path, with everything else as in a valid request.

What is no POST has forms of its own in which a target may take it by mistake: a GET with its fields in the query, or
with a body, which frameworks read that route any method alike; and none of them signed, where only a POST is checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from certhook.building.change import ANY_4XX, Change, Draft, Stage
from certhook.building.encoding import query_encode
from certhook.building.signing import Signable
from certhook.changes.examples import sample
from certhook.changes.registry import Family, Scope, family
from certhook.exchange import Request
from certhook.pack.dotted import leaves

# The server may not know a method at all (RFC 9110, 501), or a layer in front may shut it out or show a page instead.
_FRONT = ("3xx", *ANY_4XX, "501")


def _method(name: str, *, body: bool) -> Family:
    def changes(scope: Scope) -> Iterator[Change]:
        in_query = not body and scope.operation.encoding == "form"

        def apply(draft: Draft) -> None:
            draft.body = draft.body if body or in_query else b""

        finish = _sent_with(name, _form_in_query if in_query else _as_it_is)
        says = f"sent with {name}" if body or in_query else f"sent with {name} and without a body"
        yield Change(f"methods.{name.lower()}", says, Stage.BODY, apply, front=_FRONT, finish=finish)

    return changes


def _sent_with(name: str, carried: Callable[[Request], Request]) -> Callable[[Request], Request]:
    return lambda request: replace(carried(request), method=name)


def _as_it_is(request: Request) -> Request:
    return request


def _form_in_query(request: Request) -> Request:
    """A form's parameters stand in the query where there is no body, signed as before: what lacks one is refused."""
    return replace(request, body=b"").with_query(request.body.decode())


def _json_in_query(request: Request) -> Request:
    fields = json.loads(request.body)
    return replace(request, body=b"").with_query(query_encode(fields.items()))


for _name, _body in {"GET": False, "PUT": True, "PATCH": True, "DELETE": True}.items():
    family(f"methods.{_name.lower()}")(_method(_name, body=_body))


@family("methods.get-carrying")
def get_carrying(scope: Scope) -> Iterator[Change]:
    """A GET with the fields of a valid request, where the plain one of the protocol does not carry them."""
    is_form = scope.operation.encoding == "form"
    says, finish = "sent with GET, with its body", _sent_with("GET", _as_it_is)

    def fill(draft: Draft) -> None:
        if is_form:  # everything in it may be optional, and an empty body shows nothing
            draft.fields |= sample(draft.operation)
            draft.body = draft.encode(draft)

    yield Change("methods.get-carrying:body", says, Stage.BODY, fill, front=_FRONT, finish=finish)
    if not is_form and not _has_secrets(scope):
        says, finish = "sent with GET, with its fields in the query", _sent_with("GET", _json_in_query)
        yield Change("methods.get-carrying:query", says, Stage.WIRE, _sign_nothing, front=_FRONT, finish=finish)


def _sign_nothing(draft: Draft) -> None:
    """Give it the right signature of the empty body that it is sent with."""
    if draft.signature is not None:
        draft.signature = draft.sign(message=draft.scheme.message(Signable()))


@family("methods.unsigned")
def unsigned(scope: Scope) -> Iterator[Change]:
    """Where requests are signed: to leave that out is wrong as well, but neither is then an excuse for the other."""
    if not scope.signs:
        return
    yield _unsigned("get-body", "GET, with its body", _sent_with("GET", _as_it_is))
    if not _has_secrets(scope):
        in_query = _form_in_query if scope.operation.encoding == "form" else _json_in_query
        yield _unsigned("get-query", "GET, with its fields in the query", _sent_with("GET", in_query))
    for name in ("PUT", "DELETE"):
        yield _unsigned(name.lower(), name, _sent_with(name, _as_it_is))


def _unsigned(name: str, how: str, finish: Callable[[Request], Request]) -> Change:
    def apply(draft: Draft) -> None:
        draft.signature = None

    says = f"sent with {how}, and without its signature"
    return Change(f"methods.unsigned:{name}", says, Stage.WIRE, apply, front=_FRONT, finish=finish)


def _has_secrets(scope: Scope) -> bool:
    """Whether it carries what belongs in no URL, which servers log."""
    return any(schema.get("x-secret") for schema in leaves(scope.operation.request).values())
