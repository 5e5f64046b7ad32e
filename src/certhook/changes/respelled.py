"""Values that somebody reads as the one that was signed: a number with a zero before it, a word in the other case.

The signature covers what was sent, not what a framework makes of it: whoever hashes a value after it was read accepts
what nobody signed. What is sent may be refused for itself, too, where the target knows it in the other spelling only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from certhook.building.change import Change, Draft, Stage
from certhook.building.encoding import field_text, json_compact
from certhook.building.signing import Signable
from certhook.changes.examples import Example, examples_of, optional_places
from certhook.changes.registry import EXTRA, FILTERED, Scope, family
from certhook.jsontypes import type_of

Respell = Callable[[str], str]

_AS_NUMBER: Mapping[str, tuple[str, Respell]] = {
    "zero": ("a zero prepended to", lambda text: f"0{text}"),
    "letter": ("a letter appended to", lambda text: f"{text}x"),
}

_IN_PATH: Mapping[str, tuple[str, Respell]] = {
    **_AS_NUMBER,
    "case": ("upper and lower case swapped in", str.swapcase),
}

_CLEANED: Mapping[str, tuple[str, Respell]] = {
    "nul": ("a NUL and a letter appended to", lambda text: f"{text}\0x"),
    "tags": ("tags put around", lambda text: f"<b>{text}</b>"),
}

_COLUMN = 255
"""As many characters as the columns have that texts are most often kept in."""


@family("signature.path-respelled")
def path_respelled(scope: Scope) -> Iterator[Change]:
    for name, schema in scope.operation.carried("path", scope.fields).items():
        source = schema.get("x-value", "")
        value = field_text(scope.profile.value(source)) if "." in source else ""
        for word, (what, respell) in _IN_PATH.items():
            if respell(value) == value:
                continue  # a name without letters is in no case

            def apply(draft: Draft, name: str = name, respell: Respell = respell) -> None:
                draft.fields[name] = respell(field_text(draft.fields[name]))

            says = f"with {what} {name} after signing"
            yield Change(f"signature.path-respelled:{name}={word}", says, Stage.WIRE, apply)


@family("signature.respelled")
def respelled(scope: Scope) -> Iterator[Change]:
    for place in optional_places(scope.operation):
        values = examples_of(scope.operation, place, scope.profile)
        if values and "x-signed" not in scope.fields[place]:
            yield from _respellings(place, scope.fields[place], values)


def _respellings(place: str, schema: Mapping[str, Any], values: tuple[Example, ...]) -> Iterator[Change]:
    """By the type of what is read: a number, a boolean, or a word of a closed list or of the caller's own."""
    if type_of(schema) == "integer":
        for word, (what, respell) in _AS_NUMBER.items():
            yield _spelled(place, word, f"with {what} {place} after signing", values[0].make, respell)
    elif type_of(schema) == "boolean":
        says = f"with 1 for the true that was signed as {place}"
        yield _spelled(place, "number", says, lambda: True, lambda _: "1")
    elif values[0].fresh or "enum" in schema:
        says = f"with {place} in upper case, though signed in lower case"
        yield from (_spelled(place, "case", says, make, str.upper) for make in _in_small_letters(values))
    if values[0].fresh:
        yield from _hidden(place, values[0].make)


def _hidden(place: str, make: Callable[[], Any]) -> Iterator[Change]:
    """Additions that are lost where a text is cut or cleaned."""
    for word, (what, respell) in _CLEANED.items():
        yield replace(_spelled(place, word, f"with {what} {place} after signing", make, respell), front=FILTERED)
    says = f"with more characters appended to the {_COLUMN} characters of {place} that were signed"
    yield _spelled(place, "long", says, lambda: (field_text(make()) * _COLUMN)[:_COLUMN], lambda text: f"{text}more")


def _in_small_letters(values: tuple[Example, ...]) -> Iterator[Callable[[], str]]:
    """A value that whoever tells no cases apart would write so; none where a list has none."""
    if values[0].fresh:
        # A fresh text may happen to be all digits, which are in no case.
        yield lambda: f"n{field_text(values[0].make())[1:]}"
        return
    texts = (field_text(one.make()) for one in values)
    small = next((text for text in texts if text == text.lower() != text.upper()), None)
    if small:
        yield lambda: small


def _spelled(place: str, word: str, says: str, make: Callable[[], Any], respell: Respell) -> Change:
    def apply(draft: Draft) -> None:
        draft.fields[place] = signed = field_text(make())
        draft.signature = draft.sign(message=draft.scheme.message(Signable(b"", draft.fields)))
        draft.fields[place] = respell(signed)
        draft.body = draft.encode(draft)

    return Change(f"signature.respelled:{place}={word}", says, Stage.SIGNATURE, apply)


@family("signature.member-added")
def member_added(scope: Scope) -> Iterator[Change]:
    """A member of JSON text that no page knows; what the text was before is signed, as it stood and as what it held."""
    for place in optional_places(scope.operation):
        values = examples_of(scope.operation, place, scope.profile)
        if values and "x-signed" in scope.fields[place]:
            for word, (how, read) in _READ.items():
                says = f"with a member added to {place} after signing, {how}"
                apply = _adding_member(place, values[0].make, read)
                yield Change(f"signature.member-added:{place}={word}", says, Stage.SIGNATURE, apply)


_READ: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "text": ("signed as text", lambda text: text),
    "decoded": ("signed decoded", json.loads),
}


def _adding_member(place: str, make: Callable[[], Any], read: Callable[[str], Any]) -> Callable[[Draft], None]:
    def apply(draft: Draft) -> None:
        text = field_text(make())
        signed = Signable(b"", {**draft.fields, place: read(text)})
        draft.signature = draft.sign(message=draft.scheme.message(signed))
        draft.fields[place] = json_compact({**json.loads(text), EXTRA: "1"}).decode()
        draft.body = draft.encode(draft)

    return apply
