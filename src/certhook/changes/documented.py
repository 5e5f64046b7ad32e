"""Values that the document itself, or the profile, says are refused.

| annotation     | what it says of a property                                                                     |
|----------------|------------------------------------------------------------------------------------------------|
| `x-enforced`   | a value that `enum` does not list is refused                                                   |
| `x-refused`    | values of the profile that are refused: a word for each, and its place                         |
| `x-unknown`    | a value of the right form that names nothing                                                   |
| `x-max-length` | the place in the profile of the number of characters beyond which a text is refused            |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from certhook.building.change import Change, Draft, Stage
from certhook.building.encoding import field_text
from certhook.changes.examples import Example, enumerated, examples_of, is_sent, optional_places, sample
from certhook.changes.registry import FILTERED, Scope, family

UNLISTED = "certhook"


def _with(name: str, place: str, says: str, value: Any) -> Change:
    def apply(draft: Draft) -> None:
        draft.fields[place] = value

    return Change(f"parameters.{name}", says, Stage.FIELDS, apply)


@family("parameters.unlisted")
def unlisted(scope: Scope) -> Iterator[Change]:
    """Alone, and beside each value of another parameter: what else is asked for is no excuse.

    Two listed values at once are none of the list, and neither is the word null, which some take for no value at all,
    nor a place in the list, nor a name that every object of some languages has, nor a part of what a list that is
    written as one text says.
    """
    for place, schema in scope.fields.items():
        if schema.get("x-enforced"):
            name, says = f"unlisted:{place}", f"with a value of {place} that the document does not list"
            yield _with(name, place, says, UNLISTED)
            both = ",".join(map(str, schema["enum"][:2]))
            yield _with(f"{name}=both", place, f"with {both} as {place}", both)
            yield _with(f"{name}=null", place, f"with the word null as {place}", "null")
            yield _with(f"{name}=number", place, f"with 1 as {place}", "1")
            yield _with(f"{name}=inherited", place, f"with the word constructor as {place}", "constructor")
            for word, part in _parts(*map(str, schema["enum"][:2])).items():
                yield _with(f"{name}={word}", place, f"with {part} as {place}", part)
            for one in _beside(scope):
                if one.place != place:
                    word = f"{one.place}-{one.word}" if one.word else one.place
                    yield _beside_another(f"{name}={word}", f"{says}, and {one.says}", place, one)


def _parts(first: str, other: str = "") -> dict[str, str]:
    """The first value without its end, and that end with the beginning of the other one."""
    return {"beginning": first[:-2], "across": f"{first[-2:]},{other[:3]}"}


@family("parameters.unlisted-case")
def unlisted_case(scope: Scope) -> Iterator[Change]:
    """Listed values in another case. That they are the same in any case, no page says, and a target may think so."""
    for place, schema in scope.fields.items():
        if schema.get("x-enforced"):
            listed = list(map(str, schema["enum"]))
            for value in dict.fromkeys([listed[0].upper(), *(one.capitalize() for one in listed[1:])]):
                if value not in listed:
                    yield _with(f"unlisted-case:{place}={value}", place, f"with {value} as {place}", value)


@family("parameters.unlisted-behind")
def unlisted_behind(scope: Scope) -> Iterator[Change]:
    """A listed value, and behind it what some readers do not see.

    Whoever trims what comes in takes it for that value.
    """
    for place, schema in scope.fields.items():
        if schema.get("x-enforced"):
            for word, (what, behind) in _BEHIND.items():
                says, value = f"with {what} after the value of {place}", f"{schema['enum'][0]}{behind}"
                yield replace(_with(f"unlisted-behind:{place}={word}", place, says, value), front=FILTERED)


_BEHIND = {"newline": ("a line break", "\n"), "nul": ("a NUL", "\0")}


def _beside(scope: Scope) -> Iterator[Example]:
    """All values that the document lists in full, and one of each parameter that no other form of the suite has.

    Not of one that may be signed in two ways: one of them would be refused for its signature.
    """
    yield from enumerated(scope.operation, scope.profile)
    for place in optional_places(scope.operation):
        elsewhere = place in sample(scope.operation) or is_sent(scope.operation, place, scope.profile)
        if not elsewhere and "x-signed" not in scope.fields[place]:
            yield from examples_of(scope.operation, place, scope.profile)[:1]


def _beside_another(name: str, says: str, place: str, other: Example) -> Change:
    def apply(draft: Draft) -> None:
        draft.fields |= {other.place: other.make(), place: UNLISTED}

    return Change(f"parameters.{name}", says, Stage.FIELDS, apply)


@family("parameters.unassigned")
def unassigned(scope: Scope) -> Iterator[Change]:
    for place, schema in scope.fields.items():
        if "x-unknown" in schema:
            yield _with(
                f"unassigned:{place}", place, f"with a value of {place} that does not exist", schema["x-unknown"]
            )


@family("parameters.misshapen")
def misshapen(scope: Scope) -> Iterator[Change]:
    """Codes that are none by their form.

    Whether a known one may come in small letters is open, so an unknown one does.
    """
    for place, schema in scope.fields.items():
        if "x-unknown" in schema:
            for word, (what, make) in _MISSHAPEN.items():

                def apply(
                    draft: Draft,
                    place: str = place,
                    unknown: str = schema["x-unknown"],
                    make: Callable[[str, str], str] = make,
                ) -> None:
                    draft.fields[place] = make(field_text(draft.fields.get(place) or unknown), unknown)

                says = f"with {what} as {place}"
                yield Change(f"parameters.misshapen:{place}={word}", says, Stage.FIELDS, apply)


_MISSHAPEN: Mapping[str, tuple[str, Callable[[str, str], str]]] = {
    "small": ("an unknown code in lower case", lambda valid, unknown: unknown.lower()),
    "short": ("the valid code without its last letter", lambda valid, unknown: valid[:-1]),
    "long": ("the valid code with one more letter", lambda valid, unknown: f"{valid}J"),
    "digits": ("digits", lambda valid, unknown: "123"),
    "wildcard": ("a wildcard of query patterns", lambda valid, unknown: "%"),
}


@family("parameters.left-out")
def left_out(scope: Scope) -> Iterator[Change]:
    """Without an optional parameter that this profile's target asks for."""
    for place, schema in scope.fields.items():
        if "x-when" in schema:

            def apply(draft: Draft, place: str = place) -> None:
                draft.fields.pop(place, None)

            yield Change(f"parameters.left-out:{place}", f"without {place}", Stage.FIELDS, apply)
            yield _with(f"left-out:{place}=empty", place, f"with an empty {place}", "")


@family("parameters.refused-value")
def refused_value(scope: Scope) -> Iterator[Change]:
    """Each is sent twice: what a target makes of it when it comes first must not be what it has afterwards."""
    for place, schema in scope.fields.items():
        for word, source in schema.get("x-refused", {}).items():
            value = scope.profile.value(source)
            if value is not None:
                says = f"with a value of {place} that is {word.replace('-', ' ')}"
                yield replace(_with(f"refused-value:{place}={word}", place, says, value), twice=True)


@family("parameters.too-long")
def too_long(scope: Scope) -> Iterator[Change]:
    for place, schema in scope.fields.items():
        limit = scope.profile.value(schema["x-max-length"]) if "x-max-length" in schema else None
        if limit is not None:
            value = "n" * (int(limit) + 1)
            yield _with(f"too-long:{place}", place, f"with {place} one character longer than the target allows", value)
