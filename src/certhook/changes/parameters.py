"""Bad parameters: missing, null, of a wrong type, empty, unknown."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from certhook.building.change import ANY_4XX, Change, Draft, Stage
from certhook.building.signing import Signable
from certhook.changes.registry import FILTERED, Scope, always, family
from certhook.jsontypes import COERCIBLE, WRONG, type_of
from certhook.pack.dotted import leaves, mandatory_leaves


def _set(family_name: str, place: str, says: str, value: Callable[[Draft], Any], suffix: str = "") -> Change:
    def apply(draft: Draft) -> None:
        draft.put(place, value(draft))

    return Change(f"parameters.{family_name}:{place}{suffix}", says, Stage.FIELDS, apply)


def replaced(**values: Any) -> Change:
    """The request with other values in some of its fields."""

    def apply(draft: Draft) -> None:
        draft.fields |= values

    words = " and ".join(f"{value!r} as {name}" for name, value in values.items())
    return Change(f"parameters.replaced:{','.join(values)}", f"with {words}", Stage.FIELDS, apply)


@family("parameters.missing")
def missing(scope: Scope) -> Iterator[Change]:
    for place in mandatory_leaves(scope.operation.request):

        def apply(draft: Draft, place: str = place) -> None:
            draft.drop(place)

        yield Change(f"parameters.missing:{place}", f"without {place}", Stage.FIELDS, apply)


@family("parameters.null")
def null(scope: Scope) -> Iterator[Change]:
    for place in mandatory_leaves(scope.operation.request):
        yield _set("null", place, f"with null as {place}", lambda draft: None)


@family("parameters.wrong-type")
def wrong_type(scope: Scope) -> Iterator[Change]:
    """Types that no framework coerces. Objects and arrays are not empty: some platforms take those for each other.

    In the place of a text an object may be a query's operator, which any text fits.
    """
    yield from _typed(scope, "wrong-type", WRONG)
    schemas = leaves(scope.operation.request)
    texts = [place for place in mandatory_leaves(scope.operation.request) if type_of(schemas[place]) == "string"]
    for place in texts:
        operator = _set("wrong-type", place, f"with a query operator as {place}", always({"$ne": ""}), "=operator")
        yield replace(operator, front=FILTERED)
    names = [place for place in texts if schemas[place].get("x-identifier")]
    others = [place for place in texts if place not in names]
    for place in (*names[:1], *others[:1]):  # what takes false for nothing does so in all, or in all that may be empty
        yield _set("wrong-type", place, f"with false as {place}", always(False), "=false")


@family("parameters.coercible")
def coercible(scope: Scope) -> Iterator[Change]:
    yield from _typed(scope, "coercible", COERCIBLE)


@family("parameters.optional-wrong-type")
def optional_wrong_type(scope: Scope) -> Iterator[Change]:
    """As wrong-type, in the fields that a request need not have."""
    mandatory = mandatory_leaves(scope.operation.request)
    optional = tuple(place for place in leaves(scope.operation.request) if place not in mandatory)
    yield from _typed(scope, "optional-wrong-type", WRONG, optional)


def _typed(
    scope: Scope,
    name: str,
    values: Mapping[str, Mapping[str, Callable[[Any], Any]]],
    places: tuple[str, ...] | None = None,
) -> Iterator[Change]:
    schemas = leaves(scope.operation.request)
    for place in mandatory_leaves(scope.operation.request) if places is None else places:
        for word, make in values[type_of(schemas[place])].items():

            def value(draft: Draft, place: str = place, make: Callable[[Any], Any] = make) -> Any:
                return make(draft.at(place))

            yield _set(name, place, f"with {word} as {place}", value, f"={word.split()[-1]}")


def _empty(scope: Scope, name: str, *, identifier: bool) -> Iterator[Change]:
    schemas = leaves(scope.operation.request)
    for place in mandatory_leaves(scope.operation.request):
        schema = schemas[place]
        if type_of(schema) == "string" and bool(schema.get("x-identifier")) is identifier:
            # A path with a segment missing is another path: whatever routes requests may answer, a redirect included.
            front = ("3xx", *ANY_4XX) if schema.get("x-in") == "path" else ()
            yield replace(_set(name, place, f"with an empty {place}", lambda draft: ""), front=front)


@family("parameters.empty-identifier")
def empty_identifier(scope: Scope) -> Iterator[Change]:
    """Fields that name a player, a session, a token or credentials: empty, they name nobody."""
    yield from _empty(scope, "empty-identifier", identifier=True)


@family("parameters.empty-text")
def empty_text(scope: Scope) -> Iterator[Change]:
    yield from _empty(scope, "empty-text", identifier=False)


@family("parameters.unknown")
def unknown(scope: Scope) -> Iterator[Change]:
    """Plausible identifiers that nobody has: absurd ones could fairly be refused as invalid.

    A text is sent in the form of the valid value, too, by which alone a target might tell it from others. One of each
    place is sent twice: what a target makes of an id that it is asked for must not be somebody who has it.
    """
    for place, schema in leaves(scope.operation.request).items():
        make = _NOBODYS.get(type_of(schema)) if schema.get("x-identifier") else None
        if make is None:
            continue
        formed = list(_formed(place, _given(scope, schema))) if type_of(schema) == "string" else []
        yield from _one_twice([_set("unknown", place, f"with an unknown {place}", _kept(place, make)), *formed])
        if type_of(schema) == "string" and not _are_long(_given(scope, schema)):
            says = f"with the valid {place} followed by a letter"
            yield _set("unknown", place, says, _of_valid(place, lambda draft, valid: f"{valid}x"), "=behind")
        if type_of(schema) == "string" and _are_digits(_given(scope, schema)):
            says = f"with the valid {place} followed by .0, which is equal to it where texts are compared as numbers"
            yield _set("unknown", place, says, _of_valid(place, lambda draft, valid: f"{valid}.0"), "=fraction")


def _one_twice(changes: list[Change]) -> Iterator[Change]:
    """The changes, the last of them sent twice."""
    yield from changes[:-1]
    yield replace(changes[-1], twice=True)


def _formed(place: str, given: list[Any]) -> Iterator[Change]:
    """Texts that nobody has, in the form of the valid ones that the profile gives, or nearly so."""
    if all(isinstance(value, str) and _replaceable(value) for value in given):
        says = f"with an unknown {place}, in the form of the valid one"
        yield _set("unknown", place, says, _kept(place, _alike), "=alike")
    elif _are_digits(given):
        says, make = _of_digits(place, frozenset(given))
        yield _set("unknown", place, says, _kept(place, make), "=digits")


def _of_digits(place: str, given: frozenset[str]) -> tuple[str, Maker]:
    """A number that nobody has: of as many digits as the valid one where that leaves room far ahead of those in use."""
    width = min(map(len, given))
    ahead = 10**width - 10**width // 20
    if width < _FEW_DIGITS or any(int(value) >= ahead - 10**width // 20 for value in given):
        says = f"with an unknown {place}, made of ten digits where the valid one is made of digits"
        return says, lambda source, valid: str(source.randrange(10**9, 2 * 10**9))
    says = f"with an unknown {place}, made of as many digits as the valid one"
    return says, lambda source, valid: str(source.randrange(ahead, 10**width))


@family("parameters.loose")
def loose(scope: Scope) -> Iterator[Change]:
    """A number for an identifier that is a text: by the loose comparison of some languages, 0 is equal to any word.

    It may be taken for its digits: where these are a valid value, it says nothing.
    """
    for place, schema in leaves(scope.operation.request).items():
        text = type_of(schema) == "string" and scope.operation.encoding != "form"
        if schema.get("x-identifier") and text and "0" not in _given(scope, schema):
            yield _set("loose", place, f"with the number 0 as {place}", always(0))


@family("parameters.near")
def near(scope: Scope) -> Iterator[Change]:
    """The valid value with a character more or less, which is another, and words that stand for nothing or anything.

    Only where valid values are long: behind a short one, or before its end, may stand somebody else's.
    """
    for place, schema in leaves(scope.operation.request).items():
        # A path may name anybody, and a form is read by other rules.
        if not schema.get("x-identifier") or type_of(schema) != "string" or schema.get("x-in") in ("path", "form"):
            continue
        if _are_long(_given(scope, schema)):
            for word, (says, alter) in _NEAR.items():
                yield _set("near", place, f"with the valid {place} {says}", _of_valid(place, alter), f"={word}")
        for word, value in _WORDS.items():
            yield replace(_set("near", place, f"with {value!r} as {place}", always(value), f"={word}"), front=FILTERED)


_NEAR: Mapping[str, tuple[str, Callable[[Draft, Any], Any]]] = {
    "shorter": ("without its last letter or digit", lambda draft, valid: valid[: _replaceable(valid)[-1]]),
    "other": ("with another letter at its end", lambda draft, valid: _with_other_end(valid)),
    # What stands behind the padding of Base64 is passed over by many readers; so it goes before that.
    "longer": ("followed by a letter", lambda draft, valid: f"{valid.rstrip('=')}x"),
    "nul": ("followed by a NUL and a letter", lambda draft, valid: f"{valid}\0x"),
}
_WORDS = {
    "blank": "   ",
    "query": "' OR '1'='1",
    "percent": "%",
    "null": "null",
    "undefined": "undefined",
    "inherited": "constructor",
}


def _with_other_end(valid: str) -> str:
    """A letter that is no hexadecimal digit: what is counted up may have the next digit given out, too."""
    at = _replaceable(valid)[-1]
    return f"{valid[:at]}{'z' if valid[at] in 'qQ' else 'q'}{valid[at + 1 :]}"


def _of_valid(place: str, make: Callable[[Draft, Any], Any]) -> Callable[[Draft], Any]:
    return lambda draft: make(draft, draft.at(place))


def _kept(place: str, make: Maker) -> Callable[[Draft], Any]:
    """The same value in every request of a change, and in no other run: a target may know what it was asked for."""
    made: list[Any] = []

    def value(draft: Draft) -> Any:
        if not made:
            made.append(make(random.SystemRandom(), draft.at(place)))
        return made[0]

    return value


Maker = Callable[[random.Random, Any], Any]
"""From a source of random numbers and the valid value to another one."""

# Numbers are given out in turn: one that is ahead of a known one, though no wider than a narrow column beside it takes.
_NOBODYS: Mapping[str, Maker] = {
    "string": lambda source, valid: str(uuid.uuid4()),
    "integer": lambda source, valid: apart(valid, source.randrange(5_000, 25_000)),
}

_LARGEST = (2**15 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**53 - 1, 2**63 - 1)
"""The largest integers that columns and languages hold: what is larger may be refused for that."""


def apart(valid: int, distance: int) -> int:
    """A number that far ahead; behind, where ahead it would not be held by what just holds the valid one."""
    ahead = valid + distance
    too_large = any(valid <= largest < ahead for largest in _LARGEST)
    return valid - distance if too_large and valid >= distance else ahead


_FEW_DIGITS = 5
"""Digits of an id below which a number of as many may well be somebody's."""

_REPLACED = 16
"""So many letters and digits of a long text are replaced, each by another one at random."""

_ENOUGH = 10**9
"""So many texts can come of it where fewer are, that nobody has the one that does by chance."""

_NUMERALS = (string.digits, string.digits + "abcdef", string.digits + "ABCDEF")
_KINDS = (string.digits, string.ascii_lowercase, string.ascii_uppercase)


def _are_long(given: list[Any]) -> bool:
    """Whether the valid values are texts of which enough can be replaced."""
    return all(isinstance(value, str) and len(_replaceable(value)) == _REPLACED for value in given)


def _are_digits(given: list[Any]) -> bool:
    return all(isinstance(value, str) and value.isascii() and value.isdigit() for value in given)


def _given(scope: Scope, schema: Mapping[str, Any]) -> list[Any]:
    """The valid values, which the profile gives; None among them for what it does not."""
    source = schema.get("x-value", "")
    listed = scope.profile.value(schema["x-pool"]) if "x-pool" in schema else None
    return listed or [scope.profile.value(source) if "." in source else None]


def _replaceable(text: str) -> list[int]:
    """Where the last letters and digits of a text stand: of a short one as many as are enough, none where all are not.

    What it begins with may be the same in all of its kind.
    """
    places = [at for at, character in enumerate(text) if character.isascii() and character.isalnum()]
    if len(places) >= _REPLACED:
        return places[-_REPLACED:]
    possible = 1
    for count, at in enumerate(reversed(places), 1):
        possible *= 9 if text[at].isdigit() else 15 if text[at] in string.hexdigits else 25
        if possible >= _ENOUGH:
            return places[-count:]
    return []


def _alike(source: random.Random, valid: str) -> str:
    """The valid value with other hex digits, or other letters and digits, at its end."""
    characters, places = list(valid), _replaceable(valid)
    numeral = [kind for kind in _NUMERALS if {valid[at] for at in places} <= set(kind)]
    for at in places:
        kind = next(one for one in (*numeral, *_KINDS) if valid[at] in one)
        characters[at] = source.choice(kind.replace(valid[at], ""))
    return "".join(characters)


@family("parameters.alternative")
def alternative(scope: Scope) -> Iterator[Change]:
    """Test data of the profile that asks for another answer than the valid value, such as something closed."""
    for place, schema in leaves(scope.operation.request).items():
        source = schema.get("x-alternative")
        other = scope.profile.value(source) if source else None
        if other is not None:
            yield _set("alternative", place, f"with the profile's {source} as {place}", always(other))


@family("parameters.alternative-unkeyed")
def alternative_unkeyed(scope: Scope) -> Iterator[Change]:
    """Signed with the empty key, which is what a platform has in hand for whom it has no key for."""
    for one in alternative(scope) if scope.signs else ():

        def apply(draft: Draft, one: Change = one) -> None:
            one.apply(draft)
            draft.body = draft.encode(draft)
            draft.message = draft.scheme.message(Signable(draft.body, draft.fields))
            draft.signature = draft.sign(key=b"")

        name, says = f"parameters.alternative-unkeyed:{one.place}", f"{one.says}, signed with the empty key"
        yield Change(name, says, Stage.SIGNATURE, apply)


@family("parameters.meaningless")
def meaningless(scope: Scope) -> Iterator[Change]:
    """Values of the right type that stand for nothing: a language that nobody speaks, an address that is none."""
    for place, schema in leaves(scope.operation.request).items():
        if "x-meaningless" in schema:
            value = schema["x-meaningless"]
            yield _set("meaningless", place, f"with {value!r} as {place}", always(value))


@family("parameters.swapped")
def swapped(scope: Scope) -> Iterator[Change]:
    """The value that belongs to the profile's second player, everything else being the first one's."""
    for place, schema in leaves(scope.operation.request).items():
        other = scope.profile.value(schema["x-other"]) if "x-other" in schema else None
        if other is not None:
            yield _set("swapped", place, f"with the {place} of another player", always(other))
