"""Optional parameters: each alone with a documented value, some together with others, and several in any order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from certhook.building.change import Change, Draft, Stage
from certhook.building.signing import Signable
from certhook.changes.examples import Example, combinations, examples_of, optional_places, sample
from certhook.changes.registry import Scope, family


def _adding(name: str, says: str, examples: Mapping[str, Example]) -> Change:
    def apply(draft: Draft) -> None:
        draft.fields |= {place: one.make() for place, one in examples.items()}

    return Change(f"accepted.{name}", says, Stage.FIELDS, apply, legal=True)


@family("accepted.optional")
def optional(scope: Scope) -> Iterator[Change]:
    for place in optional_places(scope.operation):
        for one in examples_of(scope.operation, place, scope.profile):
            change = _adding(f"optional:{one.name}", f"with {one.says}", {place: one})
            decoded = scope.operation.properties[place].get("x-signed") and scope.signs
            yield _text_or_decoded(change, one) if decoded else change


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
