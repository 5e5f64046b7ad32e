"""What the path names, named once more in the form or in the query, where somebody else is named.

Frameworks that merge the parameters of a request let the one override the other. Such a request may be refused. How it
is signed is open, too, so it is sent with the signature over the one value, over the other, and over both; whoever
accepts it has to mean the one of the path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from certhook.building.change import ANY_4XX, Change, Draft, Stage
from certhook.building.encoding import field_text, form_encode, path_values, query_encode
from certhook.building.signing import Signable
from certhook.changes.examples import neighbour
from certhook.changes.registry import Scope, family
from certhook.exchange import Request

Signed = Callable[[str, str], str | list[str]]

_SIGNED: Mapping[str, tuple[str, Signed]] = {
    "path": ("the path's", lambda own, other: own),
    "other": ("the other", lambda own, other: other),
    "both": ("both", lambda own, other: sorted([own, other])),
}


@family("robustness.path-overridden")
def path_overridden(scope: Scope) -> Iterator[Change]:
    """Legal as far as the answer to it is held against what it asked for; whether it is accepted is not asked."""
    for word in _SIGNED:
        for one in _overridden(scope, word):
            yield replace(one, name=f"robustness.path-overridden:{one.name}-{word}", legal=True)


@family("signature.path-overridden")
def path_unsigned(scope: Scope) -> Iterator[Change]:
    """Signed over the other one alone, which leaves the path's unsigned: it would be good for every path."""
    for one in _overridden(scope, "other"):
        yield replace(one, name=f"signature.path-overridden:{one.name}")


def _overridden(scope: Scope, word: str) -> Iterator[Change]:
    """In the form and in the query, signed as that word of `_SIGNED` says."""
    what, signed = _SIGNED[word]
    for name in scope.operation.carried("path", scope.fields):
        for where in ("form", "query"):
            says = f"with another {name} in the {where}, and {what} signed"
            finish = _in_query(scope, name) if where == "query" else None
            apply = _signing(name, signed, in_form=where == "form")
            yield Change(f"{name}={where}", says, Stage.SIGNATURE, apply, front=ANY_4XX, finish=finish)


def _signing(name: str, signed: Signed, *, in_form: bool) -> Callable[[Draft], None]:
    def apply(draft: Draft) -> None:
        own = field_text(draft.fields[name])
        if in_form:
            draft.body = b"&".join(filter(None, [draft.body, form_encode([(name, neighbour(own))])]))
        if draft.signature is not None:
            fields = {**draft.fields, name: signed(own, neighbour(own))}
            draft.signature = draft.sign(message=draft.scheme.message(Signable(draft.body, fields)))

    return apply


def _in_query(scope: Scope, name: str) -> Callable[[Request], Request]:
    def finish(request: Request) -> Request:
        own = path_values(scope.operation.path, request.target.partition("?")[0])[name]
        return request.with_query(query_encode([(name, neighbour(own))]))

    return finish
