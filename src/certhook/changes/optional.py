"""Optional parameters: each alone with a documented value, some together with others, and several in any order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from certhook.building.change import Change, Draft, Stage
from certhook.building.encoding import query_encode
from certhook.building.signing import Signable
from certhook.changes.examples import Example, combinations, examples_of, optional_places, sample, unusual_of
from certhook.changes.registry import Scope, family
from certhook.exchange import Request


def _adding(name: str, says: str, examples: Mapping[str, Example]) -> Change:
    def apply(draft: Draft) -> None:
        draft.fields |= {place: one.make() for place, one in examples.items()}

    return Change(f"accepted.{name}", says, Stage.FIELDS, apply, legal=True)


@family("accepted.optional")
def optional(scope: Scope) -> Iterator[Change]:
    for place in optional_places(scope.operation):
        for one in examples_of(scope.operation, place, scope.profile):
            yield _alone("optional", scope, one)


@family("accepted.unusual")
def unusual(scope: Scope) -> Iterator[Change]:
    for place in optional_places(scope.operation):
        for one in unusual_of(scope.operation, place):
            yield _alone("unusual", scope, one)


def _alone(name: str, scope: Scope, one: Example) -> Change:
    change = _adding(f"{name}:{one.name}", f"with {one.says}", {one.place: one})
    decoded = scope.operation.properties[one.place].get("x-signed") and scope.signs
    return _text_or_decoded(change, one) if decoded else change


@family("accepted.unsigned-field")
def unsigned_field(scope: Scope) -> Iterator[Change]:
    """Parameters that a page names, and leaves out of what is signed (`x-unsigned-fields` of the request schema)."""
    fields = dict(scope.operation.request.get("x-unsigned-fields", {}))
    for name, value in fields.items():

        def apply(draft: Draft, name: str = name, value: str = value) -> None:
            draft.fields[name] = value

        says = f"with {name}={value}, which is not part of the signature"
        yield Change(f"accepted.unsigned-field:{name}", says, Stage.FIELDS, apply, legal=True)
    for name, value in tuple(fields.items())[:1]:
        pair = query_encode([(name, value)])

        def finish(request: Request, pair: str = pair) -> Request:
            return request.with_query(pair)

        says = f"with {name}={value}, which is not part of the signature, in its query"
        yield Change(f"accepted.unsigned-field:{name}=query", says, Stage.WIRE, legal=True, finish=finish)


@family("accepted.together")
def together(scope: Scope) -> Iterator[Change]:
    """Values that the document lists along with the parameters that they need."""
    for one, others in combinations(scope.operation, scope.profile):
        says = f"with {one.says} and {', '.join(other.says for other in others.values())}"
        yield _adding(f"together:{one.name}", says, {one.place: one, **others})


@family("accepted.form-order")
def form_order(scope: Scope) -> Iterator[Change]:
    """Parameters are signed in the order of their names, so the order in which they are sent means nothing."""
    fields = sample(scope.operation)
    for word, backwards in {"ascending": False, "descending": True}.items():

        def apply(draft: Draft, backwards: bool = backwards) -> None:  # noqa: FBT001 - bound, not passed
            draft.fields |= {name: fields[name] for name in sorted(fields, reverse=backwards)}

        says = f"with its parameters in {word} order of their names"
        yield Change(f"accepted.form-order:{word}", says, Stage.FIELDS, apply, legal=True)


def _text_or_decoded(change: Change, one: Example) -> Change:
    """A parameter that is JSON text: whether the text is signed, or what it holds, the document does not say."""

    def sign_decoded(draft: Draft) -> None:
        value = one.make()
        draft.fields[one.place] = value
        draft.body = draft.encode(draft)
        draft.message = draft.scheme.message(Signable(draft.body, {**draft.fields, one.place: json.loads(value)}))
        draft.signature = draft.sign()

    decoded = replace(
        change,
        says=f"{change.says}, decoded before it was signed",
        stage=Stage.SIGNATURE,
        apply=sign_decoded,
        reading=f"{one.place} enters the signature decoded, its values sorted and joined",
    )
    return replace(change, reading=f"{one.place} enters the signature as its text", otherwise=decoded)
